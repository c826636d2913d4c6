package io.dienstream.console.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Who gets in. A page of another site that is open in the same browser reaches this address too, so
 * the Host header has to be one of ours (it is not after DNS rebinding), and everything but the
 * page itself wants the token that only the one who started the console was shown: other users of
 * the machine reach the port as well.
 */
public final class Door {
    static final String TOKEN_HEADER = "X-Dien-Token";

    /** Nothing from elsewhere, nothing inline, nowhere to send to but here. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> hosts = new HashSet<>(LOCAL);
    private final byte[] token;

    /**
     * @param token that opens everything but the page itself
     * @param hosts by which the page is reached besides this machine's own names
     */
    public Door(String token, Set<String> hosts) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        hosts.forEach(host -> this.hosts.add(host.toLowerCase(Locale.ROOT)));
    }

    /** Null for who may come in; the refusal for others. */
    Reply refusal(HttpExchange exchange, boolean needsToken) {
        Headers headers = exchange.getRequestHeaders();
        if (!isOurs(headers.getFirst("Host"))) {
            return Reply.problem(421, "the Host header names somebody else; see --host");
        }
        String origin = headers.getFirst("Origin");
        if (origin != null && !isOurOrigin(origin, headers.getFirst("Host"))) {
            return Reply.problem(403, "a page of another origin asks");
        }
        if (needsToken && !isToken(headers.getFirst(TOKEN_HEADER))) {
            return Reply.problem(401, "open the address that ./dien printed: it holds a token");
        }
        return null;
    }

    private boolean isOurs(String host) {
        if (host == null) {
            return false;
        }
        try {
            String name = new URI("http://" + host).getHost();
            return name != null && hosts.contains(name.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isOurOrigin(String origin, String host) {
        return origin.equals("http://" + host) || origin.equals("https://" + host);
    }

    private boolean isToken(String given) {
        return given != null
                && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    /** What every answer says to the browser. */
    static void protect(Headers headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }
}
