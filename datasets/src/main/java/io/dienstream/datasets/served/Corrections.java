package io.dienstream.datasets.served;

import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Clicks that came after their example was final, by request and ad; of several about one the
 * highest revision counts.
 *
 * <p>A candidate whose label they change keeps its {@code sampling_rate}: it is here because it was
 * kept as a negative, and stands for 1 / rate clicks.
 */
final class Corrections {
    private final Map<Key, LabelCorrection> newest = new HashMap<>();
    private long applied;

    private record Key(String request, String ad) {}

    void add(LabelCorrection correction) {
        newest.merge(
                new Key(correction.getRequestId(), correction.getAdId()),
                correction,
                (a, b) -> b.getRevision() > a.getRevision() ? b : a);
    }

    /**
     * Changes the labels of {@code example} that corrections are about.
     *
     * @param until later clicks, ms, are not looked at
     */
    void apply(TrainingExample example, long until) {
        if (newest.isEmpty()) {
            return;
        }
        for (LabeledCandidate c : example.getCandidates()) {
            LabelCorrection correction = newest.get(new Key(example.getRequestId(), c.getAdId()));
            if (correction != null
                    && correction.getRevision() > example.getRevision()
                    && correction.getClickedAt() <= until) {
                c.setClicked(true);
                c.setClickedAt(correction.getClickedAt());
                applied++;
            }
        }
    }

    /** All, of each request and ad the one that counts. */
    Collection<LabelCorrection> all() {
        return newest.values();
    }

    /** How many there are. */
    int size() {
        return newest.size();
    }

    /** Labels that {@link #apply} has changed. */
    long applied() {
        return applied;
    }
}
