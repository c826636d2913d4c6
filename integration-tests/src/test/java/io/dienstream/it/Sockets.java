package io.dienstream.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The TCP sockets on which a process listens, as Linux's /proc shows them. */
final class Sockets {
    private static final String LISTEN = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private Sockets() {}

    /** Of the process {@code pid}; nothing where it is gone. */
    static List<InetSocketAddress> listening(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Set<String> own = inodes(process.resolve("fd"));
        List<InetSocketAddress> found = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = process.resolve("net").resolve(table);
            if (!Files.exists(file)) {
                continue;
            }
            for (String line : Files.readAllLines(file)) {
                String[] columns = line.strip().split("\\s+");
                if (columns[STATE].equals(LISTEN) && own.contains(columns[INODE])) {
                    found.add(address(columns[LOCAL]));
                }
            }
        }
        return found;
    }

    private static Set<String> inodes(Path descriptors) {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException e) {
            return Set.of(); // it ended meanwhile
        }
        return inodes;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // it was closed meanwhile
        }
    }

    /** Words of the machine's byte order, in hexadecimal, then the port. */
    private static InetSocketAddress address(String text) throws IOException {
        String[] parts = text.split(":");
        byte[] bytes = HexFormat.of().parseHex(parts[0]);
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        ByteBuffer network = ByteBuffer.allocate(bytes.length);
        while (words.hasRemaining()) {
            network.putInt(words.getInt());
        }
        return new InetSocketAddress(
                InetAddress.getByAddress(network.array()), Integer.parseInt(parts[1], 16));
    }

    /**
     * Looks every ten seconds at everything that this process has started. Each look makes the
     * kernel go through all of its hash table of sockets, for each process.
     */
    static Watch watchDescendants() {
        return new Watch();
    }

    /** Collects the addresses on which descendants listened. */
    static final class Watch implements AutoCloseable {
        private final Set<InetAddress> seen = ConcurrentHashMap.newKeySet();
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

        private Watch() {
            var unused = clock.scheduleWithFixedDelay(this::look, 10, 10, TimeUnit.SECONDS);
        }

        private void look() {
            ProcessHandle.current()
                    .descendants()
                    .forEach(
                            child -> {
                                try {
                                    listening(child.pid()).forEach(s -> seen.add(s.getAddress()));
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
        }

        Set<InetAddress> seen() {
            return seen;
        }

        @Override
        public void close() {
            clock.shutdownNow();
        }
    }
}
