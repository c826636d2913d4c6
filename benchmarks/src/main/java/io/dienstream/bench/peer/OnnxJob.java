package io.dienstream.bench.peer;

import io.dienstream.job.AdScoringTopology;
import io.dienstream.job.AdmittedRecords;
import io.dienstream.job.OperatorIds;
import io.dienstream.job.connector.KafkaEndpoints;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.RecordType;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job with ONNX Runtime inside: raw behaviors in keyed state, the whole graph a request.
 */
final class OnnxJob implements Contender {
    private static final String SCORING = "onnx-scoring";

    private final Path artifact;
    private final Path graph;

    OnnxJob(Path artifact, Path graph) {
        this.artifact = artifact;
        this.graph = graph;
    }

    @Override
    public String name() {
        return "ONNX Runtime in the job";
    }

    @Override
    public void build(StreamExecutionEnvironment env, JobOptions options, OutputLimits limits) {
        KafkaEndpoints kafka = new KafkaEndpoints(options);
        AdmittedRecords admitted =
                new AdmittedRecords(env, options, limits, Contender.sources(kafka));
        var scores =
                admitted.byUser()
                        .process(new OnnxFunction(artifact, graph), RecordType.OUTBOUND)
                        .uid(SCORING)
                        .name(SCORING);
        AdScoringTopology.sink(scores, kafka.scores(), OperatorIds.SCORES_SINK);
        AdScoringTopology.sink(
                admitted.deadLetters(), kafka.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
    }
}
