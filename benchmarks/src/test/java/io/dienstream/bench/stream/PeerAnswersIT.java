package io.dienstream.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.bench.peer.Contender;
import io.dienstream.bench.peer.Peer;
import io.dienstream.dien.Needed;
import io.dienstream.job.option.Backend;
import io.dienstream.job.option.JobOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The peers' answers, not their speed: those of the artifact, also after a kill. */
class PeerAnswersIT {
    private static final PeerPlan PLAN =
            new PeerPlan(30, 40, List.of(5, 20), 1, Backend.ROCKSDB, 1, 1, 0, 3);

    @TempDir private Path scratch;

    private static Path shared() {
        return Path.of(System.getProperty("dien.shared", "../../shared"));
    }

    @ParameterizedTest
    @CsvSource({
        "ONNX,   models/amazon-sports/model, peers/amazon-sports-dien-bilinear.onnx",
        "ONNX,   peers/dien-mlp/model,       peers/dien-mlp.onnx",
        "SERVER, models/amazon-sports/model, peers/amazon-sports-dien-bilinear.onnx",
        "SERVER, peers/dien-mlp/model,       peers/dien-mlp.onnx"
    })
    void answersAreTheArtifacts(Peer peer, String artifact, String graph) throws Exception {
        Path model = shared().resolve(artifact).toAbsolutePath();
        Path onnx = shared().resolve(graph).toAbsolutePath();
        Needed.here(
                "peer-graphs",
                Files.isRegularFile(onnx) && Files.isDirectory(model),
                "no " + graph + " with its artifact below " + shared());
        if (peer == Peer.SERVER) {
            Needed.here("redis-server", Peer.hasRedis(), "no redis-server on the PATH");
        }
        JobSettings settings =
                new JobSettings(model, Map.of(JobOptions.SERVED_ENABLED.key(), "false"), Map.of());
        try (BenchKafka kafka = BenchKafka.start(null);
                Contender contender = peer.start(model, onnx, scratch);
                PeerSession session = new PeerSession(contender, PLAN, kafka, settings, "it")) {
            session.fill();
            assertThat(session.check()).isLessThanOrEqualTo(KnownAnswers.ALLOWED);
            if (artifact.startsWith("models")) { // once for each peer is enough
                everyMeasurementHasItsFigure(session, model);
                nothingIsLostWithWhatScores(session);
            }
        }
    }

    private static void everyMeasurementHasItsFigure(PeerSession session, Path model)
            throws Exception {
        PeerTable.Rate rate = session.rate(5);
        assertThat(rate.perSecond()).isPositive();
        assertThat(rate.seconds()).isPositive();
        assertThat(rate.cpuMicros().get(CpuTimes.JOB)).isPositive();
        session.resume();
        session.awaitAnswer();
        FreshnessRun probes = new FreshnessRun(session, PLAN);
        probes.run(new RecordSource(model, PLAN.users(), 0, 2), () -> true);
        assertThat(probes.nanos.getTotalCount()).isEqualTo(PLAN.probes() - probes.skipped);
        assertThat(probes.unseen).isLessThan(PLAN.probes());
        session.pause();
    }

    private static void nothingIsLostWithWhatScores(PeerSession session) throws Exception {
        session.resume();
        PeerTable.Kill kill = new KillRun(session, PLAN, 100).run();
        assertThat(kill.requests()).isEqualTo(800);
        assertThat(kill.lost()).isZero();
        assertThat(kill.wrong()).isZero();
        assertThat(kill.wrongHistories()).isZero();
        // it was killed indeed: nobody answers within a supervisor's second
        assertThat(kill.longest()).isGreaterThan(1);
        session.job.cancel();
    }
}
