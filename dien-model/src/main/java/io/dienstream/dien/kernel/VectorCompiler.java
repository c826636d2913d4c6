package io.dienstream.dien.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether this JVM has the compiler that turns the Vector API into vector instructions: HotSpot's
 * C2. Anywhere else each vector is an object on the heap, and vector kernels take fifteen times as
 * long as scalar ones.
 */
final class VectorCompiler {
    private static final int C2_LEVEL = 4;

    private VectorCompiler() {}

    /** Why there is none, or nothing where there is one. */
    static Optional<String> missing() {
        String info = System.getProperty("java.vm.info", "").toLowerCase(Locale.ROOT);
        if (info.contains("interpreted mode")) {
            return Optional.of("the JVM only interprets (-Xint)");
        }
        if (info.contains("emulated-client")) {
            return Optional.of("the JVM runs without C2 (client mode)");
        }
        if (!System.getProperty("java.vm.name", "").contains("Server VM")) {
            return Optional.empty(); // not HotSpot: it may have a compiler of its own
        }
        if (Integer.parseInt(option("TieredStopAtLevel", "4")) < C2_LEVEL) {
            return Optional.of("the JVM runs without C2 (-XX:TieredStopAtLevel)");
        }
        return option("UseJVMCICompiler", "false").equals("true")
                ? Optional.of("the JVM compiles by JVMCI instead of C2")
                : Optional.empty();
    }

    private static String option(String name, String otherwise) {
        HotSpotDiagnosticMXBean vm =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return vm == null ? otherwise : vm.getVMOption(name).getValue();
        } catch (IllegalArgumentException e) {
            return otherwise; // this JVM has no such option
        }
    }
}
