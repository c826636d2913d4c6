package io.dienstream.console.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP by hand: tests send headers that Java's client would not. */
final class RawHttp {
    private static final int TIMEOUT_MS = 20_000;

    private RawHttp() {}

    /**
     * An answer.
     *
     * @param head status line and headers, in lower case
     */
    record Answer(int status, String head, String body) {}

    /**
     * @param request without the empty line; the connection is closed after the answer
     */
    static Answer send(InetSocketAddress to, String request, String body) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(TIMEOUT_MS);
            String text =
                    request
                            + "\r\nConnection: close\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body;
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = answer.indexOf("\r\n\r\n");
            String head = answer.substring(0, end).toLowerCase(Locale.ROOT);
            return new Answer(
                    Integer.parseInt(head.split(" ")[1]), head, answer.substring(end + 4));
        }
    }
}
