package io.dienstream.job.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/**
 * The sockets of a Flink that runs inside this JVM. By itself Flink listens on all interfaces and
 * lets everybody who reaches it upload and run a jar; here it listens on one address, takes no jars
 * and changes nothing that it is asked to change over HTTP.
 */
public final class Listeners {
    /** The address that only this machine reaches. */
    public static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

    private static final int FIRST_WEB_PORT = 8081;
    private static final int LAST_WEB_PORT = 8999;

    private Listeners() {}

    /** {@code more} with everything that Flink listens on bound to the loopback address. */
    public static Configuration onLoopback(Configuration more) {
        return on(LOOPBACK, more);
    }

    /**
     * @param address that the REST server is bound to; blob server and RPC are on the loopback
     *     address, since nobody outside this process needs them
     * @param more of Flink's configuration; what it says of addresses, CORS, jars and cancelling is
     *     replaced
     * @return a configuration of its own
     */
    public static Configuration on(String address, Configuration more) {
        Configuration c = new Configuration(more);
        c.set(JobManagerOptions.ADDRESS, LOOPBACK);
        c.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        c.set(TaskManagerOptions.HOST, LOOPBACK);
        c.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        c.set(RestOptions.ADDRESS, address);
        c.set(RestOptions.BIND_ADDRESS, address);
        if (!c.contains(RestOptions.BIND_PORT)) {
            // Flink looks for a free one from the first on
            c.set(RestOptions.BIND_PORT, firstFree(address) + "-" + LAST_WEB_PORT);
        }
        c.set(WebOptions.SUBMIT_ENABLE, false);
        c.set(WebOptions.CANCEL_ENABLE, false);
        c.set(WebOptions.RESCALE_ENABLE, false);
        // no page of another origin may read what Flink answers ("null" would be a sandboxed
        // frame's)
        c.set(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN, "none");
        c.set(RestGuard.READ_ONLY, true);
        // a task asks the blob server by the machine's name, where it no longer listens: all that a
        // task needs goes with its deployment instead
        c.set(BlobServerOptions.OFFLOAD_MINSIZE, Integer.MAX_VALUE);
        return c;
    }

    /** The web UI's address, unless somebody else takes the port before Flink does. */
    public static String webAddress(Configuration listening) {
        String ports = listening.get(RestOptions.BIND_PORT);
        int end = ports.indexOf('-');
        String port = end < 0 ? ports : ports.substring(0, end);
        String address = listening.get(RestOptions.BIND_ADDRESS);
        return "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    private static int firstFree(String address) {
        for (int port = FIRST_WEB_PORT; port < LAST_WEB_PORT; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(address, port), 1);
                return port;
            } catch (IOException e) {
                // taken, or no address of this machine: that Flink will say
            }
        }
        return FIRST_WEB_PORT;
    }

    /**
     * Whether others than this machine may reach {@code address}.
     *
     * @throws IllegalArgumentException if it is no address
     */
    public static boolean reachesFurther(String address) {
        try {
            return !InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + address + "' is no address", e);
        }
    }
}
