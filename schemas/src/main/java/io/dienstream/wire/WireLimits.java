package io.dienstream.wire;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * What the decoder may create, and how much of it: only the classes of our schemas, and bounds on
 * what a few hostile bytes can make it allocate. Avro reads the bounds from system properties once,
 * so they are set before its decoder is first used; values given on the command line win.
 */
public final class WireLimits {
    /** Longest string or byte array, bytes: above the largest message a broker takes by default. */
    static final int MAX_BYTES = 8 << 20;

    /** Most entries of a map or array; candidates beyond 1,000 must still decode to be named. */
    static final int MAX_ITEMS = 100_000;

    static {
        setDefault("org.apache.avro.limits.bytes.maxLength", MAX_BYTES);
        setDefault("org.apache.avro.limits.string.maxLength", MAX_BYTES);
        setDefault("org.apache.avro.limits.collectionItems.maxLength", MAX_ITEMS);
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(
                        ClassSecurityValidator.getGlobal(),
                        type -> type.getPackageName().equals("io.dienstream.schema")));
    }

    private WireLimits() {}

    /** Loading this class has done it, once for the whole process. */
    public static void apply() {}

    private static void setDefault(String key, int value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, Integer.toString(value));
        }
    }
}
