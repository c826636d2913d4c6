package io.dienstream.console.feed;

import io.dienstream.schema.ModelQuality;
import java.util.ArrayList;
import java.util.List;

/** Windows of a model's quality, the newest revision of each. Of fixed size; thread safe. */
public final class QualityWindows {
    private final Ring<String, ModelQuality> windows;

    public QualityWindows(int most) {
        windows = new Ring<>(most);
    }

    public synchronized void add(ModelQuality window) {
        String key =
                String.join(
                        "/",
                        window.getModelFingerprint(),
                        window.getArm(),
                        window.getSegment(),
                        Long.toString(window.getWindowStart()));
        windows.merge(
                key, window, (old, fresh) -> old.getRevision() > fresh.getRevision() ? old : fresh);
    }

    public synchronized List<ModelQuality> all() {
        return new ArrayList<>(windows.values());
    }
}
