package io.dienstream.dien.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kernels a JVM takes by itself, asked of JVMs with other compilers. */
class VectorCompilerTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    /** What {@link Ask} prints in a JVM with {@code options}. */
    private static String ask(String... options) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(Arrays.asList(options));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), Ask.class.getName()));
        Process process =
                new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return answer.strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=3", "-Xint"})
    void withoutC2TheyAreScalar(String option) throws Exception {
        assertThat(ask(MODULE, option)).startsWith("ScalarKernels, the JVM ");
        assertThat(ask(MODULE, option, "-Ddien.kernels=vector")).startsWith("VectorKernels");
    }

    @Test
    void withC2TheyAreVectors() throws Exception {
        assertThat(ask(MODULE)).isEqualTo("VectorKernels,");
        assertThat(ask()).startsWith("ScalarKernels, ").contains("--add-modules");
    }

    static final class Ask {
        private Ask() {}

        public static void main(String[] args) {
            System.out.println(
                    KernelsProvider.get().getClass().getSimpleName()
                            + ", "
                            + KernelsProvider.whyScalar().orElse(""));
        }
    }
}
