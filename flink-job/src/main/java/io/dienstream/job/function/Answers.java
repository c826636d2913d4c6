package io.dienstream.job.function;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.ModelConfig.Field;
import io.dienstream.job.ranking.Ranking;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.ScoringTask;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificData;

/** Puts scores into messages. Also for jobs that are measured beside the main one. */
public final class Answers {
    private final WireEncoder<ScoredRequest> scored = new WireEncoder<>(ScoredRequest.class);
    private final WireEncoder<ServedRequest> served = new WireEncoder<>(ServedRequest.class);
    private final StoredBehaviors behaviors = new StoredBehaviors();
    private final ModelConfig model;
    private final String fingerprint;
    private final Set<String> adFields;

    /** Of answers by {@code scoring}. */
    public Answers(Model scoring) {
        model = scoring.config();
        fingerprint = ModelStamp.hex(scoring.fingerprint());
        adFields = model.adFields().stream().map(Field::name).collect(Collectors.toSet());
    }

    /**
     * @param unknownCandidates candidates with at least one field unknown to the model
     * @param firstPctr of the candidate that is ranked first
     */
    public record Counted(OutboundRecord record, int unknownCandidates, float firstPctr) {}

    Counted answer(ScoringTask task, EncodedRequest encoded, ScorerScratch scores, long now) {
        int prefix = task.prefix();
        Seen seen =
                new Seen(
                        task.request().adRequest(),
                        prefix,
                        prefix == 0 ? null : task.history().timestamp(prefix - 1),
                        task.late(),
                        task.model());
        return answer(seen, scores::pctr, encoded::unknownFields, now);
    }

    /**
     * A request and what it was scored with.
     *
     * @param prefix behaviors of the history
     * @param newest event time of the last of them, ms; null without any
     * @param late whether the watermark had passed the request when it came
     */
    public record Seen(
            AdRequest request, int prefix, Long newest, boolean late, ModelStamp model) {}

    /**
     * Ranks the candidates.
     *
     * @param pctr of the candidate at a position
     * @param unknownFields of the candidate at a position
     * @param now processing time, ms
     */
    public Counted answer(
            Seen seen, IntToDoubleFunction pctr, IntUnaryOperator unknownFields, long now) {
        AdRequest request = seen.request();
        List<ScoredCandidate> ranked = Ranking.rank(request.getCandidates(), pctr, unknownFields);
        int unknown = 0;
        for (int n = 0; n < request.getCandidates().size(); n++) {
            unknown += unknownFields.applyAsInt(n) > 0 ? 1 : 0;
        }
        ScoredRequest answer =
                new ScoredRequest(
                        request.getRequestId(),
                        request.getUserId(),
                        request.getTimestamp(),
                        ranked,
                        model.name(),
                        model.version(),
                        seen.prefix(),
                        seen.newest(),
                        flags(seen, unknown),
                        now,
                        fingerprint,
                        seen.model().arm(),
                        seen.model().revision());
        return new Counted(
                keyed(request, scored.encode(answer), now), unknown, ranked.get(0).getPctr());
    }

    /** No candidates, no sequence: nothing was scored. */
    OutboundRecord expired(ScoringTask task, long now) {
        AdRequest request = task.request().adRequest();
        ScoredRequest answer =
                new ScoredRequest(
                        request.getRequestId(),
                        request.getUserId(),
                        request.getTimestamp(),
                        List.of(),
                        model.name(),
                        model.version(),
                        0,
                        null,
                        List.of(ScoreFlag.EXPIRED),
                        now,
                        fingerprint,
                        task.model().arm(),
                        task.model().revision());
        return keyed(request, scored.encode(answer), now);
    }

    private static List<ScoreFlag> flags(Seen seen, int unknown) {
        List<ScoreFlag> flags = new ArrayList<>(0);
        if (seen.prefix() == 0) {
            flags.add(ScoreFlag.COLD_USER);
        }
        if (unknown > 0) {
            flags.add(ScoreFlag.UNKNOWN_ITEM);
        }
        if (seen.late()) {
            flags.add(ScoreFlag.LATE_REQUEST);
        }
        return flags;
    }

    OutboundRecord served(ScoringTask task, ScorerScratch scores, long now) {
        AdRequest request = task.request().adRequest();
        List<Float> pctr = new ArrayList<>(request.getCandidates().size());
        for (int n = 0; n < request.getCandidates().size(); n++) {
            pctr.add(scores.pctr(n));
        }
        ServedRequest message =
                new ServedRequest(
                        request.getRequestId(),
                        request.getUserId(),
                        request.getTimestamp(),
                        request.getUser(),
                        request.getContext(),
                        named(request.getCandidates()),
                        behaviors.of(task.history(), task.prefix()),
                        model.name(),
                        model.version(),
                        pctr,
                        fingerprint,
                        task.model().arm(),
                        task.model().revision());
        return keyed(request, served.encode(message), now);
    }

    /** Without the fields that the model does not have: nothing was scored with them. */
    private List<Candidate> named(List<Candidate> candidates) {
        List<Candidate> named = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (adFields.containsAll(candidate.getFields().keySet())) {
                named.add(candidate);
            } else {
                Map<String, String> fields = new HashMap<>(candidate.getFields());
                fields.keySet().retainAll(adFields);
                Candidate copy = SpecificData.get().deepCopy(candidate.getSchema(), candidate);
                copy.setFields(fields);
                named.add(copy);
            }
        }
        return named;
    }

    private static OutboundRecord keyed(AdRequest request, byte[] value, long now) {
        byte[] key = request.getRequestId().getBytes(StandardCharsets.UTF_8);
        return new OutboundRecord(key, value, now);
    }
}
