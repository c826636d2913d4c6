package io.dienstream.bench;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** What this process has mapped. */
public final class MappedFiles {
    private static final double MEBIBYTE = 1 << 20;

    private MappedFiles() {}

    /** MiB of files that are mapped into this process: weights, and the broker's indexes. */
    public static double mebibytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("mapped"))
                .mapToDouble(pool -> pool.getMemoryUsed() / MEBIBYTE)
                .sum();
    }
}
