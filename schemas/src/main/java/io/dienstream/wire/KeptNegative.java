package io.dienstream.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which candidates without a click are kept of a log: a deterministic draw, so that whoever draws
 * again, in whatever order, keeps the same ones. Of all (request, ad) pairs a share {@code rate} is
 * kept; a larger rate keeps more, and all that a smaller one does. Not thread safe.
 */
public final class KeptNegative {
    private static final double STEPS = 0x1p53;

    private final String salt;
    private final double rate;
    private final MessageDigest sha256;

    /**
     * @param salt draws anew
     * @param rate in (0, 1]
     */
    public KeptNegative(String salt, double rate) {
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate = " + rate + " is not in (0, 1]");
        }
        this.salt = salt;
        this.rate = rate;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether the candidate is kept, where it has no click. */
    public boolean keeps(String requestId, String adId) {
        return rate >= 1 || draw(requestId, adId) < rate;
    }

    /** Uniform in [0, 1): the first 53 bits of SHA-256 over the texts, each after its length. */
    double draw(String requestId, String adId) {
        update(salt);
        update(requestId);
        update(adId);
        return (ByteBuffer.wrap(sha256.digest()).getLong() >>> 11) / STEPS;
    }

    private void update(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        sha256.update(bytes);
    }
}
