package io.dienstream.bench.peer;

import ai.onnxruntime.OrtException;
import io.dienstream.job.function.Answers;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by user: a behavior is put into the user's one value of rows and times, a request is scored
 * by the whole graph over them, all candidates in one batch, and answered.
 */
final class OnnxFunction extends KeyedProcessFunction<String, InboundRecord, OutboundRecord> {
    private static final long serialVersionUID = 1;

    private final String artifact;
    private final String graph;
    private transient ValueState<byte[]> state;
    private transient RowEncoder encoder;
    private transient RawHistory histories;
    private transient OnnxGraph session;
    private transient Answers answers;
    private transient ModelStamp stamp;
    private transient Counter appended;
    private transient Counter answered;
    private transient int most;

    OnnxFunction(Path artifact, Path graph) {
        this.artifact = artifact.toString();
        this.graph = graph.toString();
    }

    @Override
    public void open(OpenContext context) throws IOException {
        encoder = new RowEncoder(Path.of(artifact));
        histories = new RawHistory(encoder.behaviorFields());
        most = encoder.model.config().maxLength();
        session = OnnxGraph.of(Path.of(graph), encoder.model.config());
        answers = new Answers(encoder.model);
        stamp = ModelStamp.configured(encoder.model.fingerprint());
        appended = JobMetrics.APPENDED.counterOf(getRuntimeContext().getMetricGroup());
        answered = JobMetrics.ANSWERED.counterOf(getRuntimeContext().getMetricGroup());
        state =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "behaviors",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    @Override
    public void processElement(InboundRecord record, Context context, Collector<OutboundRecord> out)
            throws IOException, OrtException {
        switch (record.kind()) {
            case BEHAVIOR -> add(record.behavior());
            case ERASURE -> state.update(histories.after(state.value(), record.eventTime()));
            case AD_REQUEST ->
                    out.collect(
                            answer(
                                    record.adRequest(),
                                    context.timerService().currentProcessingTime()));
        }
    }

    private void add(Behavior behavior) throws IOException {
        byte[] bytes =
                histories.behavior(behavior.getTimestamp(), encoder.behavior(behavior.getFields()));
        state.update(histories.with(state.value(), bytes, most));
        appended.inc();
    }

    private OutboundRecord answer(AdRequest request, long now) throws IOException, OrtException {
        byte[] history = state.value();
        int prefix = histories.prefix(history, request.getTimestamp());
        int[][] rows = encoder.candidates(request.getCandidates());
        session.begin(prefix, rows.length);
        histories.write(history, prefix, session);
        for (int n = 0; n < rows.length; n++) {
            for (int f = 0; f < rows[n].length; f++) {
                session.ad(f, n, rows[n][f]);
            }
        }
        float[] pctr = session.run(prefix, rows.length);
        Answers.Seen seen =
                new Answers.Seen(
                        request,
                        prefix,
                        prefix == 0 ? null : histories.time(history, prefix - 1),
                        false,
                        stamp);
        answered.inc();
        return answers.answer(seen, n -> pctr[n], n -> RowEncoder.unknown(rows[n]), now).record();
    }
}
