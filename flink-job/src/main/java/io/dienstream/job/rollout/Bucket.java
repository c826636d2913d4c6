package io.dienstream.job.rollout;

import io.dienstream.dien.model.Murmur3;
import java.nio.charset.StandardCharsets;

/** A user's place among all users, drawn anew with each salt: a share of users is a range of it. */
public final class Bucket {
    /** How many there are: a share has steps of 0.01 %. */
    public static final int COUNT = 10_000;

    private Bucket() {}

    /**
     * From 0 to {@link #COUNT} - 1. The salt's length stands before it, so that no two pairs of
     * salt and user make the same text.
     */
    public static int of(String salt, String user) {
        byte[] text = (salt.length() + ":" + salt + user).getBytes(StandardCharsets.UTF_8);
        return (int) Long.remainderUnsigned(Murmur3.hash64(text), COUNT);
    }
}
