package io.dienstream.dien.kernel;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * The only place that chooses an implementation of {@link Kernels}, once a JVM: the Vector API's
 * where the module {@code jdk.incubator.vector} is there, else the scalar one. The system property
 * {@code dien.kernels} ({@code auto}, {@code vector}, {@code scalar}) decides otherwise; {@code
 * vector} fails where the module is absent.
 */
public final class KernelsProvider {
    private static final String PROPERTY = "dien.kernels";
    private static final Kernels CHOSEN = choose(System.getProperty(PROPERTY, "auto"));

    private KernelsProvider() {}

    /** The implementation for this JVM, the same on every call. */
    public static Kernels get() {
        return CHOSEN;
    }

    private static Kernels choose(String wanted) {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return switch (wanted) {
            case "scalar" -> new ScalarKernels();
            case "auto" -> whyScalar().isEmpty() ? vector() : new ScalarKernels();
            case "vector" -> {
                if (!present) {
                    throw new IllegalStateException(
                            "dien.kernels=vector needs --add-modules=jdk.incubator.vector");
                }
                yield vector();
            }
            default ->
                    throw new IllegalArgumentException(
                            "dien.kernels='" + wanted + "' is none of auto, vector, scalar");
        };
    }

    /** Why {@code auto} is scalar in this JVM; nothing where it is not. */
    public static Optional<String> whyScalar() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? VectorCompiler.missing()
                : Optional.of("the JVM was started without --add-modules=jdk.incubator.vector");
    }

    /** By name, so that no class of the module is touched where it is absent. */
    private static Kernels vector() {
        try {
            return Class.forName("io.dienstream.dien.kernel.vector.VectorKernels")
                    .asSubclass(Kernels.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("the vector kernels cannot be loaded", e);
        }
    }
}
