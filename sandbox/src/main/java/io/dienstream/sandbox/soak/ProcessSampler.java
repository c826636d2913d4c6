package io.dienstream.sandbox.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.EnumMap;
import java.util.Map;

/** Reads what this process holds. */
public final class ProcessSampler {
    /** What is freed by the first collection may only be finalized, and goes with the second. */
    private static final int COLLECTIONS = 2;

    private ProcessSampler() {}

    /** Raw values after a collection; open files only where the system tells. */
    public static Map<Measure, Double> sample() {
        for (int n = 0; n < COLLECTIONS; n++) {
            ManagementFactory.getMemoryMXBean().gc();
        }
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        values.put(
                Measure.HEAP,
                (double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().equals("Metaspace")) {
                values.put(Measure.METASPACE, (double) pool.getUsage().getUsed());
            }
        }
        values.put(Measure.THREADS, (double) ManagementFactory.getThreadMXBean().getThreadCount());
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean unix) {
            values.put(Measure.FILES, (double) unix.getOpenFileDescriptorCount());
        }
        return values;
    }
}
