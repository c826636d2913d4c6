package io.dienstream.chaos;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network namespace for one TaskManager, behind a link that can be cut: a real partition. Needs
 * root; without it everything runs on loopback and {@link #canCut} is false.
 */
final class Network implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Network.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final int SUBNETS = 250;

    private final String namespace;
    private final String outer;
    private final String inner;
    private final String subnet;
    private final boolean real;

    private Network(long id, boolean real) {
        this.real = real;
        namespace = "dien-" + id;
        outer = "dien-o" + id % 1_000_000;
        inner = "dien-i" + id % 1_000_000;
        subnet = "10.213." + id % SUBNETS + ".";
    }

    /** Makes one where we may. */
    static Network create() throws InterruptedException {
        Network network = new Network(ProcessHandle.current().pid(), true);
        try {
            network.open();
            return network;
        } catch (IOException e) {
            LOG.warn("no network namespace, partitions are pauses: {}", e.getMessage());
            network.close();
            return new Network(0, false);
        }
    }

    private void open() throws IOException, InterruptedException {
        Shell.run("ip", "netns", "add", namespace);
        Shell.run(
                "ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns",
                namespace);
        Shell.run("ip", "addr", "add", subnet + "1/24", "dev", outer);
        Shell.run("ip", "link", "set", outer, "up");
        inside("ip", "addr", "add", subnet + "2/24", "dev", inner);
        inside("ip", "link", "set", "lo", "up");
        inside("ip", "link", "set", inner, "up");
    }

    private void inside(String... command) throws IOException, InterruptedException {
        String[] line = new String[command.length + 4];
        line[0] = "ip";
        line[1] = "netns";
        line[2] = "exec";
        line[3] = namespace;
        System.arraycopy(command, 0, line, 4, command.length);
        Shell.run(line);
    }

    boolean canCut() {
        return real;
    }

    /** Address of all processes but the one inside. */
    String host() {
        return real ? subnet + "1" : LOOPBACK;
    }

    /** Address of the process inside. */
    String insideHost() {
        return real ? subnet + "2" : LOOPBACK;
    }

    /** What puts a command inside. */
    List<String> prefix() {
        return real ? List.of("ip", "netns", "exec", namespace) : List.of();
    }

    void cut() throws IOException, InterruptedException {
        inside("ip", "link", "set", inner, "down");
    }

    void heal() throws IOException, InterruptedException {
        inside("ip", "link", "set", inner, "up");
    }

    @Override
    public void close() throws InterruptedException {
        if (real) {
            quietly("ip", "netns", "del", namespace);
            quietly("ip", "link", "del", outer);
        }
    }

    private static void quietly(String... command) throws InterruptedException {
        try {
            Shell.run(command);
        } catch (IOException e) {
            LOG.debug("nothing to remove: {}", e.getMessage());
        }
    }
}
