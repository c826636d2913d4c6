package io.dienstream.console.touch;

import io.dienstream.console.feed.RecentUsers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What users are called on the page: by their ids, or by names that say nothing about them and
 * change with each start of the console.
 */
public final class UserNames {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "user-";
    private static final int BYTES = 5;

    private final RecentUsers users;
    private final SecretKeySpec key;

    private UserNames(RecentUsers users, SecretKeySpec key) {
        this.users = users;
        this.key = key;
    }

    /** Ids as they are. */
    public static UserNames plain(RecentUsers users) {
        return new UserNames(users, null);
    }

    /**
     * @param secret that no one who sees the page knows
     */
    public static UserNames masked(RecentUsers users, byte[] secret) {
        return new UserNames(users, new SecretKeySpec(secret, ALGORITHM));
    }

    /** Whether ids stay out of the page. */
    public boolean isMasked() {
        return key != null;
    }

    /** The name of a user. */
    public String of(String id) {
        if (key == null) {
            return id;
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] code = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(code, 0, BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    /** The id behind a name; null where masked names are used and no recent user has this one. */
    public String id(String name) {
        if (key == null) {
            return name;
        }
        return users.list("", Integer.MAX_VALUE).stream()
                .map(RecentUsers.Entry::id)
                .filter(id -> of(id).equals(name))
                .findFirst()
                .orElse(null);
    }
}
