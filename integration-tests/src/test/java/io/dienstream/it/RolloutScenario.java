package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.Wait;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ScoredRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A job whose versions change under traffic, through a real broker; each answer is recomputed. */
abstract class RolloutScenario {
    static final Duration PATIENCE = Duration.ofMinutes(5);
    static final String MODEL = "default";
    static final String JOB_PARALLELISM = "job.parallelism";

    @TempDir Path directory;
    Path a;
    Path b;
    Path c;
    DemoCluster cluster;
    RunningJob job;
    LogPlayer player;
    RolloutClient client;
    final Simulator simulator = new Simulator(7, 100);
    int sent;

    @BeforeEach
    void start() throws Exception {
        a = model("a", Architecture.DIEN, 1);
        b = model("b", Architecture.DIEN, 2);
        c = model("c", Architecture.DIN, 3);
        cluster = DemoCluster.start(2);
        job = new RunningJob(cluster);
        player = cluster.player();
        client = new RolloutClient(cluster.client(), MODEL);
    }

    @AfterEach
    void stop() throws Exception {
        player.close();
        job.close();
        cluster.close();
    }

    Path model(String name, Architecture architecture, long seed) throws IOException {
        Path path = directory.resolve(name);
        AttentionType attention =
                architecture == Architecture.DIN ? AttentionType.MLP : AttentionType.BILINEAR;
        RandomModels.write(
                path, RandomModels.config(architecture, attention, GateForm.PAPER, 10), seed);
        return path;
    }

    void submit(String... options) throws Exception {
        submitFrom(null, options);
    }

    void submitFrom(String savepoint, String... options) throws Exception {
        Map<String, String> all = new HashMap<>();
        all.put("rollout.enabled", "true");
        // copies that other tests have fetched would hide what is wrong with the artifact
        all.put("model.cache-directory", directory.resolve("cache").toString());
        for (int n = 0; n < options.length; n += 2) {
            all.put(options[n], options[n + 1]);
        }
        job.submit(a, all, savepoint);
    }

    RolloutLog.Entry send(ModelCommandKind kind, String version) throws Exception {
        return client.send(command(kind, version));
    }

    ModelCommand command(ModelCommandKind kind, String version) throws IOException {
        return client.command(kind, version, client.log().plan().revision(), "test");
    }

    RolloutLog.Entry publish(String version, Path uri, String sha256, double percent)
            throws Exception {
        ModelCommand command = command(ModelCommandKind.PUBLISH, version);
        command.setUri(uri.toUri().toString());
        command.setSha256(sha256);
        command.setPercent(percent);
        return client.send(command);
    }

    RolloutLog.Entry publish(String version, Path model, double percent) throws Exception {
        return publish(version, model, ModelReader.read(model).checksum(), percent);
    }

    void ramp(String version, double percent) throws Exception {
        ModelCommand command = command(ModelCommandKind.RAMP, version);
        command.setPercent(percent);
        await(version, client.send(command));
    }

    /** Until every task can answer by it. */
    void await(String version, RolloutLog.Entry entry) throws IOException {
        assertThat(entry.refusal()).isNull();
        new Wait(client).ready(version, entry.plan().revision(), PATIENCE);
    }

    /** Sends behaviors and requests, and waits for all answers. */
    Set<String> traffic(int requests) throws Exception {
        Set<String> before = job.answers.answers().keySet();
        for (int n = 0; n < requests; n++) {
            long now = System.currentTimeMillis();
            player.send(simulator.behavior(now));
            player.send(simulator.request(now, 3).request());
        }
        player.flush();
        sent += requests;
        job.await(sent + " answers", () -> job.answers.size() >= sent);
        return job.answers.answers().values().stream()
                .filter(answer -> !before.contains(answer.getRequestId()))
                .map(ScoredRequest::getModelFingerprint)
                .collect(Collectors.toSet());
    }

    void assertAllRight(Path... models) throws Exception {
        assertThat(job.answers.size()).isEqualTo(sent);
        assertThat(job.answers.doubled()).isZero();
        assertThat(job.answers.deadLetters()).isEmpty();
        assertThat(job.restarted()).isFalse();
        new ServedTruth(models).assertHolds(cluster, job.answers.answers());
    }

    static String of(Path model) throws Exception {
        return ServedTruth.fingerprint(model);
    }

    static Map<String, String> byUser(Map<String, ScoredRequest> answers) {
        return answers.values().stream()
                .collect(
                        Collectors.toMap(
                                ScoredRequest::getUserId,
                                ScoredRequest::getModelFingerprint,
                                (first, second) -> {
                                    assertThat(second).isEqualTo(first);
                                    return second;
                                }));
    }
}
