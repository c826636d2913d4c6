package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.Needed;
import io.dienstream.job.option.JobOptions;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.DemoModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The clients of examples/, against a broker and a job. */
class ClientExamplesIT {
    private static final String TWO_ADS =
            "(?s)1  ad\\d  pCTR 0\\.\\d{6}  eCPM \\d+\\.\\d{4} USD\\R2  ad\\d  pCTR 0\\.\\d{6}  eCPM .*";
    private static final Path EXAMPLES = Path.of("..", "examples");

    private static DemoCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = DemoCluster.start(1);
        Map<String, String> options = Map.of(JobOptions.WARM_UP.key(), "0s");
        cluster.flink().submit(cluster.options(DemoModel.extract(), options), null);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private record Ended(int exitCode, String output) {}

    private static Ended run(List<String> command, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    @Test
    void javaSendsAClickAndARequestAndReadsTheAnswer() throws Exception {
        Ended client =
                run(
                        CommandProcess.java(),
                        EXAMPLES.resolve("java/DienClient.java").toString(),
                        cluster.broker().bootstrapServers());
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(client.output().substring(client.output().indexOf("1  ad"))).matches(TWO_ADS);
    }

    /** Where Python has a Kafka client: Debian's python3-kafka is one. */
    @Test
    void pythonSendsAClickAndARequestAndReadsTheAnswer() throws Exception {
        List<String> python = pythonWithKafka();
        Needed.here("python3-kafka", python != null, "no Python with the module kafka here");
        Ended client =
                run(
                        python,
                        EXAMPLES.resolve("python/dien_client.py").toString(),
                        cluster.broker().bootstrapServers());
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(client.output()).matches(TWO_ADS);
    }

    private static List<String> pythonWithKafka() throws Exception {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            try {
                if (run(List.of(python), "-c", "import kafka").exitCode() == 0) {
                    return List.of(python);
                }
            } catch (java.io.IOException e) {
                // not on this machine
            }
        }
        return null;
    }
}
