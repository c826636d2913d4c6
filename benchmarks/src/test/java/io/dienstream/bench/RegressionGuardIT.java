package io.dienstream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.RunnerException;

/** Ratios, which a slow machine does not change, against floors that a noisy one keeps. */
class RegressionGuardIT {
    private static final int PASSES = 2;
    private static final int ITERATION_MS = 500;
    private static final Properties FLOORS = floors();

    private static Properties floors() {
        Properties floors = new Properties();
        try (InputStream in = RegressionGuardIT.class.getResourceAsStream("/floors.properties")) {
            floors.load(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return floors;
    }

    private static double floor(String name) {
        return Double.parseDouble(FLOORS.getProperty(name));
    }

    private static KernelRun.Case request(int steps) {
        return new KernelRun.Case(
                "RequestBenchmark.score",
                Map.of(
                        "attention", "BILINEAR",
                        "steps", Integer.toString(steps),
                        "candidates", "20"));
    }

    private static List<KernelRun.Figure> run(String kernels, List<KernelRun.Case> cases)
            throws RunnerException {
        return new KernelRun(PASSES, ITERATION_MS, List.of("-Ddien.kernels=" + kernels))
                .run(cases, done -> {});
    }

    @Test
    void vectorKernelsKeepTheirDistanceAndAllocateNothing() throws RunnerException {
        List<KernelRun.Figure> vector = run("vector", List.of(request(100), request(20)));
        KernelRun.Figure scalar = run("scalar", List.of(request(100))).get(0);
        double faster = scalar.micros() / vector.get(0).micros();
        double longer = vector.get(0).micros() / vector.get(1).micros();
        System.out.printf(
                "scalar / vector %.1f, T = 100 / T = 20 %.1f, %.0f bytes a request%n",
                faster, longer, vector.get(0).bytes());
        assertThat(faster).as("scalar to vector").isGreaterThan(floor("scalar-to-vector"));
        assertThat(longer).as("long to short").isBetween(2.0, floor("long-to-short"));
        assertThat(vector.get(0).bytes()).as("bytes").isLessThan(floor("bytes-per-request"));
    }
}
