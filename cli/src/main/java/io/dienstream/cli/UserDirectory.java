package io.dienstream.cli;

import io.dienstream.dien.file.FileOwner;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where commands keep what outlives them (logs, checkpoints of {@code dien job}): below the user's
 * own state directory, readable by nobody else. A directory that somebody else made, or a link in
 * its place, is refused: what is written there could be read or replaced by them.
 */
public final class UserDirectory {
    private static final Set<PosixFilePermission> OWN =
            PosixFilePermissions.fromString("rwx------");
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final int KEPT_LOGS = 20;

    private final Path root;

    private UserDirectory(Path root) {
        this.root = root;
    }

    /**
     * {@code $XDG_STATE_HOME/dien-stream}, else {@code ~/.local/state/dien-stream}, else, where
     * there is no home that can be written to, {@code dien-stream-USER} in the temporary directory.
     *
     * @throws IOException naming a directory that is not the user's own
     */
    public static UserDirectory open() throws IOException {
        return open(System.getenv(), Path.of(System.getProperty("user.home")), Scratch.system());
    }

    static UserDirectory open(Map<String, String> environment, Path home, Path temporary)
            throws IOException {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = state.isEmpty() ? home.resolve(".local").resolve("state") : Path.of(state);
        try {
            Files.createDirectories(base);
        } catch (IOException e) {
            base = null; // a container's user has no home, or may not write there
        }
        Path root =
                base != null && Files.isWritable(base)
                        ? base.resolve("dien-stream")
                        : temporary.resolve("dien-stream-" + System.getProperty("user.name"));
        return new UserDirectory(own(root));
    }

    /** A directory below, made where it is not there. */
    public Path directory(String... names) throws IOException {
        Path directory = root;
        for (String name : names) {
            directory = own(directory.resolve(name));
        }
        return directory;
    }

    /** A file for this process's log; the oldest logs go. */
    Path logFile(String command) throws IOException {
        Path logs = directory("logs");
        try (Stream<Path> all = Files.list(logs)) {
            List<Path> byAge =
                    all.sorted(Comparator.comparingLong(UserDirectory::modified).reversed())
                            .toList();
            for (Path old : byAge.subList(Math.min(KEPT_LOGS, byAge.size()), byAge.size())) {
                Files.deleteIfExists(old);
            }
        }
        return logs.resolve(command + "-" + ProcessHandle.current().pid() + ".log");
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return Long.MAX_VALUE; // another process has just removed it
        }
    }

    /** For a new directory that nobody else may look into, where the system has such a thing. */
    static FileAttribute<?>[] ownersOnly() {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWN)}
                : new FileAttribute<?>[0];
    }

    private static Path own(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, ownersOnly());
            return directory;
        } catch (FileAlreadyExistsException e) {
            // by an earlier run, or by somebody else
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(
                    directory + " is a link or no directory: it has to be a directory of your own");
        }
        if (!FileOwner.isOurs(directory)) {
            String owner = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).getName();
            throw new IOException(
                    "%s belongs to %s: it has to be a directory of your own"
                            .formatted(directory, owner));
        }
        if (POSIX) {
            Files.setPosixFilePermissions(directory, OWN);
        }
        return directory;
    }
}
