package io.dienstream.datasets.log;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/**
 * Whom a line of one of our files is about: of a log of behaviors, requests or erasures, of labels
 * and answers (which name a request alone), or of a list of dead letters (whose key names the user
 * too).
 *
 * @param users none where the line names a request alone
 * @param request null where it names none
 */
public record LineOwner(Set<String> users, String request) {
    private static final String USER = "user_id";
    private static final String REQUEST = "request_id";
    private static final String KEY = "key_base64";

    /**
     * @throws LineException where the line names neither a user nor a request
     */
    public static LineOwner of(String line) throws LineException {
        if (!line.startsWith("{")) {
            return new LineOwner(Set.of(BehaviorLog.parse(line, 0).getUserId()), null);
        }
        JsonNode node = JsonLines.parse(line);
        Set<String> users = new HashSet<>();
        if (node.has(KEY)) {
            String key = JsonLines.optionalText(node, KEY, "");
            if (!key.isEmpty()) {
                addKey(key, users);
            }
            node = node.path("record");
        }
        String user = JsonLines.optionalText(node, USER, null);
        String request = JsonLines.optionalText(node, REQUEST, null);
        if (user != null) {
            users.add(user);
        }
        if (users.isEmpty() && request == null) {
            throw new LineException("names neither a user nor a request");
        }
        return new LineOwner(users, request);
    }

    private static void addKey(String base64, Set<String> users) throws LineException {
        try {
            users.add(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new LineException(KEY + " is no base64");
        }
    }
}
