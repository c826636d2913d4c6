package io.dienstream.console.feed;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of fixed size: what was used longest ago makes room. Not thread safe. */
final class Ring<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;
    private static final float LOAD_FACTOR = 0.75f;

    private final int most;

    /**
     * @param most entries
     */
    Ring(int most) {
        super(16, LOAD_FACTOR, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
