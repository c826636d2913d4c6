package io.dienstream.job.function;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.RequestEncoder;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.metric.ScoringMetrics;
import io.dienstream.job.option.Expired;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.OutputLimits;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.RecordType;
import io.dienstream.job.record.Rejection;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.job.rollout.VersionLoading;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stateless: scores every candidate of a task by the version that the task names, ranks them, and
 * answers.
 */
public final class ScoringFunction extends ProcessFunction<ScoringTask, OutboundRecord> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ScoringFunction.class);
    private static final long NANOS_PER_MICRO = 1000;
    private static final float MILLION = 1e6f;

    /** Side output of encoded dead letters. */
    public static final OutputTag<OutboundRecord> DEAD_LETTERS = DeadLetters.TAG;

    /** Side output of requests as they were scored, encoded. */
    public static final OutputTag<OutboundRecord> SERVED =
            new OutputTag<>("served", RecordType.OUTBOUND);

    private final VersionLoading loading;
    private final boolean atOnce;
    private final boolean servedEnabled;
    private final long deadlineMs;
    private final boolean answerExpired;
    private final double attentionTail;
    private final OutputLimits limits;

    private transient ScoringVersions versions;
    private transient ScoringMetrics metrics;
    private transient DeadLetters deadLetters;

    /** One that loads the job's own model when it opens. */
    public ScoringFunction(JobOptions options, OutputLimits limits) {
        this(options, limits, true);
    }

    /**
     * @param atOnce whether the job's own model is loaded when this opens; else with the first task
     *     for it, which may never come
     */
    public ScoringFunction(JobOptions options, OutputLimits limits, boolean atOnce) {
        this.limits = limits;
        this.atOnce = atOnce;
        loading = VersionLoading.of(options);
        servedEnabled = options.get(JobOptions.SERVED_ENABLED);
        deadlineMs = options.get(JobOptions.DEADLINE).toMillis();
        answerExpired = options.get(JobOptions.EXPIRED) == Expired.ANSWER;
        attentionTail = options.get(JobOptions.ATTENTION_TAIL);
    }

    @Override
    public void open(OpenContext context) throws Exception {
        metrics = new ScoringMetrics(getRuntimeContext().getMetricGroup());
        deadLetters = new DeadLetters(metrics.deadLetters, limits.deadLetters());
        versions = new ScoringVersions(loading, attentionTail, metrics);
        if (atOnce) {
            versions.of(ModelStamp.configured(ScoringTask.UNTOLD), Long.MIN_VALUE);
        }
    }

    @Override
    public void close() {
        if (versions != null) {
            versions.close();
        }
    }

    @Override
    public void processElement(ScoringTask task, Context context, Collector<OutboundRecord> out)
            throws IOException, InterruptedException {
        long now = context.timerService().currentProcessingTime();
        metrics.ageMs.update(now - task.request().eventTime());
        ScoringVersion version = versions.of(task.model(), now);
        if (version == null) {
            context.output(DEAD_LETTERS, deadLetters.of(task.request(), unavailable(task), now));
            return;
        }
        if (deadlineMs > 0 && now - task.request().eventTime() > deadlineMs) {
            expire(task, version, now, out);
            return;
        }
        OutboundRecord answer = null;
        OutboundRecord served = null;
        Rejection rejection = unknownField(version, task.request().adRequest());
        if (rejection == null) {
            // nothing is emitted inside the guard: what fails downstream must fail the job
            try {
                ScoringTask own = version.states.of(task);
                answer = answer(own, version, now);
                rejection = oversize(answer, limits.scores(), Reason.OVERSIZE_ANSWER);
                served = servedEnabled ? version.answers.served(own, version.scratch, now) : null;
            } catch (RuntimeException e) {
                LOG.error("a request failed, origin {}", task.request().origin(), e);
                rejection = Rejection.internal(e);
            }
        }
        if (rejection != null) {
            context.output(DEAD_LETTERS, deadLetters.of(task.request(), rejection, now));
            return;
        }
        out.collect(answer);
        metrics.answered.inc();
        version.metrics.requests().inc();
        if (served != null) {
            serve(task.request(), served, context, now);
        }
    }

    private Rejection unavailable(ScoringTask task) {
        return new Rejection(
                Reason.MODEL_UNAVAILABLE,
                "the version at %s cannot be loaded here: %s"
                        .formatted(task.model().uri(), versions.whyMissing(task.model())));
    }

    /** The answer stands either way; a record that nobody would take is set aside. */
    private void serve(InboundRecord request, OutboundRecord served, Context context, long now) {
        Rejection tooLarge = oversize(served, limits.served(), Reason.OVERSIZE_SERVED);
        if (tooLarge == null) {
            context.output(SERVED, served);
        } else {
            context.output(DEAD_LETTERS, deadLetters.of(request, tooLarge, now));
        }
    }

    /** Why {@code record} cannot be sent, or null. */
    private static Rejection oversize(OutboundRecord record, int limit, Reason reason) {
        return OutputLimits.exceeds(record, limit)
                ? new Rejection(
                        reason,
                        "%d bytes, its topic and producer take %d"
                                .formatted(record.value().length, limit))
                : null;
    }

    /** Scoring it would only make the requests behind it late as well. */
    private void expire(
            ScoringTask task, ScoringVersion version, long now, Collector<OutboundRecord> out) {
        metrics.expired.inc();
        if (answerExpired) {
            out.collect(version.answers.expired(task, now));
        }
    }

    /** Leaves the scores in the scratch. */
    private OutboundRecord answer(ScoringTask task, ScoringVersion version, long now) {
        Scorer scorer = version.scorer;
        EncodedRequest encoded = version.encoded;
        AdRequest request = task.request().adRequest();
        List<Candidate> candidates = request.getCandidates();
        RequestEncoder encoder = scorer.encoder();
        long start = System.nanoTime();
        encoder.begin(request.getUser(), request.getContext(), candidates.size(), encoded);
        for (int n = 0; n < candidates.size(); n++) {
            encoder.candidate(n, candidates.get(n).getFields(), encoded);
        }
        scorer.score(task.history(), task.prefix(), encoded, version.scratch);
        requireFinite(version.scratch, candidates.size());
        long micros = (System.nanoTime() - start) / NANOS_PER_MICRO;
        metrics.scoringMicros.update(micros);
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "request_id={} user_id={} origin={} candidates={} behaviors={} micros={}",
                    request.getRequestId(),
                    request.getUserId(),
                    task.request().origin(),
                    candidates.size(),
                    task.prefix(),
                    micros);
        }

        Answers.Counted answer = version.answers.answer(task, encoded, version.scratch, now);
        metrics.cold.inc(task.prefix() == 0 ? 1 : 0);
        metrics.historyLength.update(task.prefix());
        if (task.prefix() > 0) {
            metrics.freshnessMs.update(now - task.history().timestamp(task.prefix() - 1));
        }
        metrics.pctrMillionths.update(Math.round(MILLION * answer.firstPctr()));
        metrics.candidates.inc(encoded.candidates());
        metrics.unknown.inc(answer.unknownCandidates());
        return answer.record();
    }

    /** No number that is none is ever sent: the request becomes a dead letter. */
    private static void requireFinite(ScorerScratch scratch, int candidates) {
        for (int n = 0; n < candidates; n++) {
            if (!Float.isFinite(scratch.pctr(n))) {
                throw new ArithmeticException("a pCTR is not finite");
            }
        }
    }

    private static Rejection unknownField(ScoringVersion version, AdRequest request) {
        RequestEncoder encoder = version.scorer.encoder();
        Rejection user = unknownField("user", request.getUser(), encoder::hasUserField);
        return user != null
                ? user
                : unknownField("context", request.getContext(), encoder::hasContextField);
    }

    private static Rejection unknownField(
            String kind, Map<String, String> fields, Predicate<String> known) {
        for (String name : fields.keySet()) {
            if (!known.test(name)) {
                return RecordValidator.unknownField(kind, name);
            }
        }
        return null;
    }
}
