package io.dienstream.bench.peer;

import io.dienstream.job.AdScoringTopology;
import io.dienstream.job.AdmittedRecords;
import io.dienstream.job.OperatorIds;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.AsyncRetryStrategy;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.util.retryable.AsyncRetryStrategies;
import org.apache.flink.streaming.util.retryable.RetryPredicates;

/**
 * A feature store and a model server with a bridge: histories in Redis, ONNX Runtime in a process
 * of its own with a thread a core, Flink's async I/O between them.
 */
final class ServerJob implements Contender {
    private static final String CLICKS = "click-writer";
    private static final String SCORING = "remote-scoring";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_MS = 100;

    /** Requests of a subtask on their way; more wait in Kafka. */
    private static final int CAPACITY = 64;

    private final Path artifact;
    private final int redisPort;
    private final int serverPort;
    private final BesideProcess redis;
    private final BesideProcess server;

    /**
     * Starts both processes.
     *
     * @param scratch a directory for what they print
     * @throws IOException where this machine has no Redis, or one of them does not start
     */
    ServerJob(Path artifact, Path graph, Path scratch) throws IOException, InterruptedException {
        this.artifact = artifact;
        redisPort = BesideProcess.freePort();
        redis = RedisStore.server(redisPort, scratch.resolve("redis.log"));
        try {
            serverPort = BesideProcess.freePort();
            server =
                    ModelServer.start(
                            artifact,
                            graph,
                            serverPort,
                            Runtime.getRuntime().availableProcessors(),
                            scratch.resolve("server.log"));
        } catch (IOException | InterruptedException e) {
            redis.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "Redis and a model server";
    }

    @Override
    public void build(StreamExecutionEnvironment env, JobOptions options, OutputLimits limits) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        AdmittedRecords admitted =
                new AdmittedRecords(env, options, limits, Contender.sources(kafka));
        admitted.behaviors()
                .process(new ClickWriter(artifact, redisPort), Types.VOID)
                .uid(CLICKS)
                .name(CLICKS)
                .sinkTo(new DiscardingSink<>())
                .uid(CLICKS + "-end")
                .name(CLICKS + "-end");
        AsyncRetryStrategy<OutboundRecord> retry =
                new AsyncRetryStrategies.FixedDelayRetryStrategyBuilder<OutboundRecord>(
                                Integer.MAX_VALUE, RETRY_MS)
                        .ifException(RetryPredicates.HAS_EXCEPTION_PREDICATE)
                        .build();
        var scores =
                AsyncDataStream.unorderedWaitWithRetry(
                                admitted.requests(),
                                new RemoteScoring(artifact, redisPort, serverPort),
                                TIMEOUT.toMillis(),
                                TimeUnit.MILLISECONDS,
                                CAPACITY,
                                retry)
                        .returns(RecordType.OUTBOUND)
                        .uid(SCORING)
                        .name(SCORING);
        AdScoringTopology.sink(scores, kafka.scores(), OperatorIds.SCORES_SINK);
        AdScoringTopology.sink(
                admitted.deadLetters(), kafka.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
    }

    @Override
    public Map<String, Long> cpuNanos() {
        return Map.of("redis", redis.cpuNanos(), "model server", server.cpuNanos());
    }

    @Override
    public boolean killScoring() throws IOException, InterruptedException {
        server.killAndRestart(SUPERVISOR_MS);
        return true;
    }

    @Override
    public String killed() {
        return "model server SIGKILL, cold start";
    }

    @Override
    public void close() {
        server.close();
        redis.close();
    }
}
