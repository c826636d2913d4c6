package io.dienstream.sandbox;

import io.dienstream.datasets.offline.OfflineScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.Model;
import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Judges the answers to simulated requests as they come: each is recomputed offline with the model
 * that it names, and held against what the simulator knows. Takes a few bits for each request, so
 * that a demo may run for days. Thread safe: what has been judged so far is told when the process
 * is interrupted, too.
 */
final class JudgedAnswers {
    /** Answers in a row that saw their user's newest behavior, before the clock starts. */
    private static final int CAUGHT_UP = 20;

    private final AnswerReader reader = new AnswerReader(JobOptions.SCORES.defaultText());
    private final AnsweredOnce answered = new AnsweredOnce();
    private final LogitSketch auc = new LogitSketch();
    private final LogitSketch best = new LogitSketch();

    /** By fingerprint of the model. */
    private final Map<String, Recomputed> recomputed = new LinkedHashMap<>();

    private final LiveView view;
    private int freshInARow;
    private long overtaken;
    private long ofNoModel;

    JudgedAnswers(LiveView view) {
        this.view = view;
    }

    /** A model and what became of its answers. */
    private static final class Recomputed {
        private final Model model;
        private final Parity parity;
        private long requests;

        Recomputed(Model model) {
            this.model = model;
            parity = new Parity(new OfflineScorer(new Scorer(model, KernelsProvider.get())));
        }
    }

    /** Answers of {@code model} can be recomputed from now on. */
    synchronized void know(Model model) {
        recomputed.put(ModelStamp.hex(model.fingerprint()), new Recomputed(model));
    }

    /** Most behaviors that any model sees. */
    synchronized int longest() {
        return recomputed.values().stream()
                .mapToInt(r -> r.model.config().maxLength())
                .max()
                .orElseThrow();
    }

    /**
     * Takes a record of the scores or the dead-letters topic.
     *
     * @return whether the job has just caught up with the users' past
     */
    synchronized boolean take(ConsumerRecord<byte[], byte[]> record, Traffic traffic) {
        ScoredRequest answer = reader.read(record);
        // somebody else may write to the demo's topics too: answered, but not ours to judge
        long number = answer == null ? -1 : traffic.number(answer.getRequestId());
        if (number < 0 || !answered.accept(number)) {
            return false;
        }
        OpenRequests.Sent sent = traffic.take(answer.getRequestId());
        recompute(sent.truth().request(), answer, traffic);
        Long newest = answer.getNewestBehaviorTimestamp();
        boolean fresh = (newest == null ? 0 : newest) == sent.truth().newestBehavior();
        if (!sent.live()) {
            freshInARow = fresh ? freshInARow + 1 : 0;
            return freshInARow == CAUGHT_UP;
        }
        overtaken += fresh ? 0 : 1;
        view.answered(answer, sent.truth().request(), System.nanoTime() - sent.nanoTime());
        for (ScoredCandidate c : answer.getCandidates()) {
            boolean clicked = sent.truth().clicked()[c.getPosition()];
            auc.add(c.getPctr(), clicked, 1);
            best.add(sent.truth().probability()[c.getPosition()], clicked, 1);
        }
        return false;
    }

    private void recompute(AdRequest request, ScoredRequest answer, Traffic traffic) {
        Recomputed own = recomputed.get(answer.getModelFingerprint());
        if (own == null) {
            ofNoModel++;
            return;
        }
        List<Behavior> seen =
                traffic.behaviors()
                        .seen(
                                answer.getUserId(),
                                answer.getNewestBehaviorTimestamp(),
                                answer.getSequenceLength());
        own.requests++;
        own.parity.checkLatest(request, seen, answer);
    }

    /** Shows how far it is. */
    synchronized void show(Traffic traffic) {
        view.update(
                new LiveView.Counts(
                        traffic.behaviorCount(),
                        traffic.requestCount(),
                        answered.answered(),
                        reader.deadLetters()),
                auc,
                best);
    }

    /** Whether everything that was sent has come back. */
    boolean complete(Traffic traffic) {
        return answered.answered() >= traffic.requestCount() && letters() >= traffic.badRecords();
    }

    private long letters() {
        return reader.deadLetters().values().stream().mapToLong(n -> n).sum();
    }

    /**
     * Tells what was judged.
     *
     * @return whether nothing is missing, doubled or wrong
     */
    synchronized boolean report(Traffic traffic, PrintWriter out) {
        out.printf(
                "%,d behaviors, %,d requests, %,d broken records sent on purpose%n",
                traffic.behaviorCount(), traffic.requestCount(), traffic.badRecords());
        out.printf(
                "answered %,d, missing %,d, doubled %,d, dead letters %s%n",
                answered.answered(),
                traffic.requestCount() - answered.answered(),
                answered.doubled(),
                reader.deadLetters());
        out.println(view.latency());
        out.printf(
                "requests that overtook the user's newest behavior on the way: %,d%n", overtaken);
        out.printf(
                "online AUC %.4f; the best that any model could reach here is %.4f%n",
                auc.auc(), best.auc());
        boolean holds = ofNoModel == 0;
        if (!holds) {
            out.printf("answers of a model that is not known here: %,d%n", ofNoModel);
        }
        for (Recomputed one : recomputed.values()) {
            if (recomputed.size() > 1) {
                out.printf(
                        "version %s of model %s answered %,d requests%n",
                        one.model.config().version(), one.model.config().name(), one.requests);
            }
            out.println(one.parity.summary());
            holds &= one.parity.holds();
        }
        return holds
                && answered.answered() == traffic.requestCount()
                && answered.doubled() == 0
                && letters() == traffic.badRecords();
    }
}
