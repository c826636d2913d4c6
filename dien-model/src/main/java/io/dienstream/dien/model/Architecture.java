package io.dienstream.dien.model;

import java.util.Locale;
import java.util.Optional;

/**
 * The nine networks of the DIEN paper (arXiv 1809.03672) and its comparisons, as {@code dien/1}
 * names them. {@code DIEN} equals {@code AUGRU} at serving time; it was trained with the auxiliary
 * loss.
 */
public enum Architecture {
    BASE,
    WIDE_DEEP,
    PNN,
    DIN,
    GRU_ATTENTION,
    AIGRU,
    AGRU,
    AUGRU,
    DIEN;

    /** The architecture of a {@code model.json} key, or empty if there is none of that name. */
    public static Optional<Architecture> ofKey(String key) {
        for (Architecture a : values()) {
            if (a.key().equals(key)) {
                return Optional.of(a);
            }
        }
        return Optional.empty();
    }

    /** The name in {@code model.json}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether there is an interest extractor, hence interest states h_t and an evolution layer. */
    public boolean hasInterestStates() {
        return switch (this) {
            case GRU_ATTENTION, AIGRU, AGRU, AUGRU, DIEN -> true;
            case BASE, WIDE_DEEP, PNN, DIN -> false;
        };
    }

    /** Whether candidates attend to the history. */
    public boolean hasAttention() {
        return this == DIN || hasInterestStates();
    }

    /** Whether the MLP receives e * p, which needs D_a = D_b. */
    public boolean hasProductInput() {
        return this != BASE && this != WIDE_DEEP;
    }

    /** Whether e * p is computed at all (the wide half of {@code wide_deep} has it too). */
    public boolean multipliesPooled() {
        return this != BASE;
    }
}
