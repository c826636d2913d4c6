package io.dienstream.sandbox.soak;

/** What must not grow while a process serves, and how much of a drift is noise. */
public enum Measure {
    /** Heap that is in use after a collection. */
    HEAP("heap after collection", "MiB", 1 << 20, 16, 0.1),
    /** Class metadata: classes of earlier attempts of a job must go. */
    METASPACE("metaspace", "MiB", 1 << 20, 4, 0.05),
    /** Threads of the JVM. */
    THREADS("threads", "", 1, 6, 0.05),
    /** Files and sockets. */
    FILES("open files", "", 1, 16, 0.05),
    /** Block cache, buffers and tables' readers. */
    ROCKSDB("RocksDB", "MiB", 1 << 20, 16, 0.1);

    private final String title;
    private final String unit;
    private final double scale;
    private final double noise;
    private final double share;

    Measure(String title, String unit, double scale, double noise, double share) {
        this.title = title;
        this.unit = unit;
        this.scale = scale;
        this.noise = noise;
        this.share = share;
    }

    String title() {
        return title;
    }

    /** Of what is shown; empty for a number of things. */
    String unit() {
        return unit;
    }

    /** A raw value in {@link #unit}s. */
    double shown(double raw) {
        return raw / scale;
    }

    /**
     * Most that a level may have grown by over all samples, in {@link #unit}s.
     *
     * @param level the median
     */
    double allowed(double level) {
        return Math.max(noise, share * level);
    }
}
