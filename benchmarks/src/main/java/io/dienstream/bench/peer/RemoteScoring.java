package io.dienstream.bench.peer;

import io.dienstream.job.function.Answers;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.schema.AdRequest;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;

/**
 * A request reads its user's list from Redis, asks the model server, and is ranked and answered in
 * the thread in which the server's answer arrives.
 */
final class RemoteScoring extends RichAsyncFunction<InboundRecord, OutboundRecord> {
    private static final long serialVersionUID = 1;

    /** Connections of a subtask to the model server. */
    static final int CONNECTIONS = 32;

    private final String artifact;
    private final int redisPort;
    private final int serverPort;
    private transient RowEncoder encoder;
    private transient RawHistory histories;
    private transient RedisStore store;
    private transient ModelClient client;
    private transient Answers answers;
    private transient ModelStamp stamp;
    private transient Counter answered;

    RemoteScoring(Path artifact, int redisPort, int serverPort) {
        this.artifact = artifact.toString();
        this.redisPort = redisPort;
        this.serverPort = serverPort;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        encoder = new RowEncoder(Path.of(artifact));
        histories = new RawHistory(encoder.behaviorFields());
        answers = new Answers(encoder.model);
        stamp = ModelStamp.configured(encoder.model.fingerprint());
        answered = JobMetrics.ANSWERED.counterOf(getRuntimeContext().getMetricGroup());
        store = new RedisStore(redisPort);
        client = new ModelClient(serverPort, CONNECTIONS);
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        if (store != null) {
            store.close();
        }
    }

    @Override
    public void asyncInvoke(InboundRecord record, ResultFuture<OutboundRecord> result) {
        AdRequest request = record.adRequest();
        int[][] ads = encoder.candidates(request.getCandidates());
        byte[] user = request.getUserId().getBytes(StandardCharsets.UTF_8);
        CompletionStage<List<byte[]>> read = store.commands().lrange(user, 0, -1);
        var unused =
                read.thenCompose(list -> score(new Asked(request, ads, histories.join(list))))
                        .whenComplete(
                                (answer, error) -> {
                                    if (error == null) {
                                        result.complete(List.of(answer));
                                    } else {
                                        result.completeExceptionally(error);
                                    }
                                });
    }

    /**
     * A request whose history is there.
     *
     * @param ads [N][fields], rows
     */
    private record Asked(AdRequest request, int[][] ads, byte[] history) {}

    private CompletionStage<OutboundRecord> score(Asked asked) {
        int prefix = histories.prefix(asked.history, asked.request.getTimestamp());
        return client.score(
                new ModelClient.Request() {
                    @Override
                    public int bytes() {
                        return Wire.bytes(
                                prefix,
                                encoder.behaviorFields(),
                                asked.ads.length,
                                encoder.adFields());
                    }

                    @Override
                    public void write(ByteBuf to) {
                        Wire.write(histories, asked.history, prefix, asked.ads, to);
                    }
                },
                pctr -> answer(asked, prefix, pctr));
    }

    /**
     * In the client's one thread: the encoder of answers is not thread safe, nor is the counter.
     */
    private OutboundRecord answer(Asked asked, int prefix, float[] pctr) {
        Answers.Seen seen =
                new Answers.Seen(
                        asked.request,
                        prefix,
                        prefix == 0 ? null : histories.time(asked.history, prefix - 1),
                        false,
                        stamp);
        OutboundRecord record =
                answers.answer(
                                seen,
                                n -> pctr[n],
                                n -> RowEncoder.unknown(asked.ads[n]),
                                System.currentTimeMillis())
                        .record();
        answered.inc();
        return record;
    }
}
