package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.simulate.SimulatedFiles;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.model.Architecture;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.Parity;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From a simulated log to scores in the stream, by the commands: prepare, train every architecture,
 * serve each on the same log, and compare with the offline replay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainedModelsIT {
    private static final int USERS = 300;
    private static final int BEHAVIORS = 12_000;
    private static final int REQUESTS = 4_000;
    private static final int CANDIDATES = 4;

    @TempDir private static Path directory;
    private DemoCluster cluster;
    private List<Behavior> behaviors;
    private final List<AdRequest> requests = new ArrayList<>();
    private double best;

    @BeforeAll
    void simulateAndPrepare() throws Exception {
        Path log = directory.resolve("log");
        best =
                new SimulatedFiles(new Simulator(5, USERS), BEHAVIORS, REQUESTS, CANDIDATES)
                        .write(log);
        BadLines bad = new BadLines(new PrintWriter(new StringWriter()));
        behaviors = BehaviorLog.read(log.resolve("behaviors.jsonl.gz"), bad);
        RequestLog.forEach(
                log.resolve("requests.jsonl.gz"), bad, line -> requests.add(line.request()));
        CommandRun prepared =
                CommandRun.of(
                        "prepare",
                        "impressions",
                        "--behaviors",
                        log.resolve("behaviors.jsonl.gz"),
                        "--requests",
                        log.resolve("requests.jsonl.gz"),
                        "--labels",
                        log.resolve("truth.jsonl.gz"),
                        "--max-length",
                        20,
                        "--output",
                        directory.resolve("data"));
        assertThat(prepared.exitCode()).as(prepared.err()).isZero();
        cluster = DemoCluster.start(1);
        try (LogPlayer player = cluster.player()) {
            behaviors.forEach(player::send);
            requests.forEach(player::send);
            player.flush();
        }
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private Path train(String name, Object... more) {
        Path model = directory.resolve(name);
        List<Object> command =
                new ArrayList<>(
                        List.of(
                                "train",
                                "--data",
                                directory.resolve("data"),
                                "--output",
                                model,
                                "--embedding-width",
                                8,
                                "--mlp",
                                "32,16"));
        command.addAll(List.of(more));
        CommandRun result = CommandRun.of(command.toArray());
        assertThat(result.exitCode()).as(result.err()).isZero();
        return model;
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void everyTrainedArchitectureIsServedWithParity(Architecture architecture) throws Exception {
        String key = architecture.key();
        Path model = train(key, "--architecture", key, "--epochs", 1, "--model-version", key);
        String scores = "scores-" + key;
        Topics.create(cluster.client(), List.of(scores), 1, (short) 1, Map.of());
        Map<String, String> options = new HashMap<>();
        options.put(JobOptions.TIME_MODE.key(), "event-time");
        options.put(JobOptions.MAX_DRIFT.key(), "0s");
        options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
        options.put(JobOptions.BOUNDED.key(), "true");
        options.put(JobOptions.SERVED_ENABLED.key(), "false");
        options.put(JobOptions.WARM_UP.key(), "0s");
        options.put(JobOptions.SCORES.key(), scores);
        options.put(JobOptions.GROUP_ID.key(), scores);
        var job = cluster.flink().submit(cluster.options(model, options), null);
        cluster.flink().awaitFinished(job, Duration.ofMinutes(2));
        AnswerLog answers = new AnswerLog(scores);
        try (TopicTail tail = new TopicTail(cluster.client(), List.of(scores))) {
            tail.drain(answers::accept);
        }
        assertThat(answers.size()).isEqualTo(requests.size());
        assertThat(answers.doubled()).isZero();
        assertThat(answers.answers().values())
                .allSatisfy(a -> assertThat(a.getModelVersion()).isEqualTo(key));
        Parity parity = new Parity(OfflineTruth.offline(model));
        parity.checkEventTime(behaviors, new ArrayList<>(requests), answers.answers());
        assertThat(parity.holds()).as(parity.summary()).isTrue();
    }

    @Test
    void dienIsTrainedToAFloorEvaluatedComparedAndExplained() throws Exception {
        Path model = train("to-a-floor", "--epochs", 3, "--seed", 2, "--learning-rate", 5e-3);
        JsonNode quality =
                json(
                        CommandRun.of(
                                "evaluate",
                                "--model",
                                model,
                                "--data",
                                directory.resolve("data"),
                                "--draws",
                                100,
                                "--report",
                                directory.resolve("evaluation"),
                                "--json"));
        assertThat(quality.path("auc").asDouble()).isBetween(0.62, best + 0.05);
        assertThat(quality.path("gauc").asDouble()).isBetween(0.6, 1.0);
        assertThat(quality.path("logloss").asDouble()).isBetween(0.2, 0.69);
        assertThat(quality.path("examples").asLong()).isPositive();
        assertThat(quality.at("/auc_interval/0").asDouble())
                .isLessThan(quality.path("auc").asDouble());
        assertThat(directory.resolve("evaluation/reliability.png")).isNotEmptyFile();
        Path report = directory.resolve("to-a-floor.report");
        String page = Files.readString(report.resolve("report.html"));
        assertThat(page.replaceAll("base64,[^\"]*", "")) // pictures are megabytes
                .contains("data:image/svg+xml", "Training of to-a-floor", "dien")
                .contains("<th>--learning-rate</th><td>")
                .containsSubsequence("Test AUC", "Curves", "Epochs", "Model", "Recipe");
        assertThat(report.resolve("loss.png")).isNotEmptyFile();
        JsonNode metrics = new ObjectMapper().readTree(report.resolve("metrics.json").toFile());
        assertThat(metrics.path("epochs").size()).isEqualTo(3);
        assertThat(metrics.at("/test/auc").asDouble()).isEqualTo(quality.path("auc").asDouble());
        assertThat(metrics.path("loss_by_step")).isNotEmpty();
        assertThat(directory.resolve("to-a-floor.checkpoint")).doesNotExist();

        Path untrained = train("untrained", "--epochs", 1, "--learning-rate", "1e-9");
        JsonNode compared =
                json(
                        CommandRun.of(
                                "evaluate",
                                "--compare",
                                model,
                                untrained,
                                "--data",
                                directory.resolve("data"),
                                "--draws",
                                100,
                                "--json"));
        assertThat(compared.at("/auc_difference_interval/0").asDouble()).isPositive();

        Path explained = directory.resolve("explained");
        CommandRun explain =
                CommandRun.of(
                        "explain",
                        "--model",
                        model,
                        "--data",
                        directory.resolve("data"),
                        "--output",
                        explained);
        assertThat(explain.exitCode()).as(explain.err()).isZero();
        for (String picture : List.of("attention", "evolution")) {
            assertThat(explained.resolve(picture + ".png")).isNotEmptyFile();
            assertThat(explained.resolve(picture + ".svg")).isNotEmptyFile();
        }
        assertThat(Files.readString(explained.resolve("explain.html")))
                .contains("data:image/svg+xml", "pCTR");
    }

    /** A process of its own, since what is interrupted is the process. */
    private Process start(String name, Object... more) throws Exception {
        List<String> command = CommandProcess.java();
        command.addAll(
                List.of(
                        "io.dienstream.cli.Dien",
                        "train",
                        "--data",
                        directory.resolve("data").toString(),
                        "--output",
                        directory.resolve(name).toString(),
                        "--name",
                        "same",
                        "--threads",
                        "1",
                        "--epochs",
                        "1",
                        "--embedding-width",
                        "8",
                        "--mlp",
                        "16"));
        for (Object argument : more) {
            command.add(argument.toString());
        }
        Path log = directory.resolve(name + ".log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    @Test
    void anInterruptedProcessLeavesACheckpointAndResumesToTheSameArtifact() throws Exception {
        Process whole = start("whole");
        Process interrupted = start("interrupted", "--checkpoint-every", 2);
        Path checkpoints = directory.resolve("interrupted.checkpoint");
        while (!Files.isDirectory(checkpoints) && interrupted.isAlive()) {
            Thread.sleep(1);
        }
        interrupted.destroy();
        assertThat(interrupted.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(directory.resolve("interrupted.log"));
        assertThat(said).contains("interrupted: writing a checkpoint");
        assertThat(directory.resolve("interrupted")).doesNotExist();
        assertThat(whole.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(whole.exitValue()).isZero();
        Process resumed = start("interrupted", "--resume");
        assertThat(resumed.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(directory.resolve("interrupted.log")))
                .contains("going on after step");
        assertThat(directory.resolve("interrupted/weights.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("whole/weights.safetensors"));
        assertThat(checkpoints).doesNotExist();
    }

    @Test
    void whatCannotBeTrainedIsNamed() throws Exception {
        Path data = directory.resolve("data");
        Path output = directory.resolve("never");
        CommandRun unknown =
                CommandRun.of(
                        "train", "--data", data, "--output", output, "--architecture", "deepfm");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("deepfm");
        CommandRun rate =
                CommandRun.of("train", "--data", data, "--output", output, "--learning-rate", -1);
        assertThat(rate.exitCode()).isEqualTo(2);
        assertThat(rate.err()).contains("learningRate=-1");
        CommandRun missing = CommandRun.of("train", "--data", output, "--output", output);
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("manifest.json", "dien prepare");
        CommandRun there = CommandRun.of("train", "--data", data, "--output", data);
        assertThat(there.exitCode()).isEqualTo(1);
        assertThat(there.err()).contains("already exists");
        CommandRun diverging =
                CommandRun.of(
                        "train",
                        "--data",
                        data,
                        "--output",
                        output,
                        "--learning-rate",
                        1e37,
                        "--epochs",
                        1);
        assertThat(diverging.exitCode()).isEqualTo(1);
        assertThat(diverging.err()).containsPattern("step \\d+: the (loss|gradient)");
        assertThat(output).doesNotExist();
    }

    @Test
    void ablationTrainsWhatIsMissingAndWritesTheTable() throws Exception {
        Path output = directory.resolve("ablation");
        Object[] command = {
            "ablation",
            "--data",
            directory.resolve("data"),
            "--output",
            output,
            "--architectures",
            "base,augru-official",
            "--seeds",
            "1,2",
            "--epochs",
            1,
            "--embedding-width",
            4,
            "--mlp",
            "16"
        };
        CommandRun first = CommandRun.of(command);
        assertThat(first.exitCode()).as(first.err()).isZero();
        String table = Files.readString(output.resolve("ablation.md"));
        assertThat(table).contains("| base | 0.", "| augru-official | 0.", " ± ");
        assertThat(output.resolve("ablation.png")).isNotEmptyFile();
        Files.delete(output.resolve("ablation.md"));
        long trained = Files.getLastModifiedTime(output.resolve("base-seed1")).toMillis();
        CommandRun again = CommandRun.of(command);
        assertThat(again.exitCode()).isZero();
        assertThat(Files.getLastModifiedTime(output.resolve("base-seed1")).toMillis())
                .isEqualTo(trained);
        // the figures are those of the same models; only the seconds are of this run
        assertThat(Files.readString(output.resolve("ablation.md")).replaceAll("\\| \\d+ \\|", ""))
                .isEqualTo(table.replaceAll("\\| \\d+ \\|", ""));
    }

    private static JsonNode json(CommandRun result) throws Exception {
        assertThat(result.exitCode()).as(result.err()).isZero();
        return new ObjectMapper().readTree(result.out());
    }
}
