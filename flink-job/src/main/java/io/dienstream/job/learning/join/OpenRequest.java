package io.dienstream.job.learning.join;

import io.dienstream.dien.model.Murmur3;
import io.dienstream.job.learning.record.LearningRecord;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.ServedRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a request beside its snapshot, from its first record until nothing can come any
 * more that counts. Users and ads are told apart by 64 bits of their ids: two of one request's at
 * most thousand ads are the same with a chance of 3e-14.
 */
final class OpenRequest {
    /** Where nothing is due. */
    static final long NEVER = Long.MAX_VALUE;

    /** Whether the request has come; before that, its records wait. */
    boolean served;

    /** Whether the request as it was scored is still there. */
    boolean hasSnapshot;

    /** {@link #hash} of its user_id. */
    long user;

    /** Event time of the request, ms. */
    long requestedAt;

    /** Of its one timer, NEVER without. */
    long timerAt = NEVER;

    /** When the first of the records that wait for the request has waited enough. */
    long heldUntil = NEVER;

    String modelName = "";
    String modelVersion = "";

    /** Null where the request does not tell, as {@link #arm}. */
    String fingerprint;

    String arm;

    /** Whether the user had no behaviors. */
    boolean cold;

    /** All candidates in request order while there is a snapshot, then those with an example. */
    List<AdLabel> ads = new ArrayList<>();

    OpenRequest copy() {
        OpenRequest copy = new OpenRequest();
        copy.served = served;
        copy.hasSnapshot = hasSnapshot;
        copy.user = user;
        copy.requestedAt = requestedAt;
        copy.timerAt = timerAt;
        copy.heldUntil = heldUntil;
        copy.modelName = modelName;
        copy.modelVersion = modelVersion;
        copy.fingerprint = fingerprint;
        copy.arm = arm;
        copy.cold = cold;
        for (AdLabel ad : ads) {
            copy.ads.add(ad.copy());
        }
        return copy;
    }

    /** Takes in what the request says. */
    void serve(ServedRequest request) {
        served = true;
        hasSnapshot = true;
        user = hash(request.getUserId());
        requestedAt = request.getTimestamp();
        modelName = request.getModelName();
        modelVersion = request.getModelVersion();
        fingerprint = request.getModelFingerprint();
        arm = request.getArm();
        cold = request.getBehaviors().isEmpty();
        for (Candidate candidate : request.getCandidates()) {
            ads.add(new AdLabel(hash(candidate.getAdId())));
        }
    }

    /** The candidate, or null where it is none, or no longer known. */
    AdLabel ad(String adId) {
        long hash = hash(adId);
        for (AdLabel ad : ads) {
            if (ad.ad == hash) {
                return ad;
            }
        }
        return null;
    }

    /** Why an impression or a click is none of this request, which has come; null where it is. */
    Rejection refusal(LearningRecord record) {
        if (hash(record.userId()) != user) {
            return new Rejection(Reason.WRONG_USER, "the request is of another user");
        }
        if (record.eventTime() < requestedAt - JoinTimes.MOST_BEFORE_MS) {
            return new Rejection(
                    Reason.BEFORE_REQUEST,
                    "more than %d ms before its request".formatted(JoinTimes.MOST_BEFORE_MS));
        }
        if (ad(record.adId()) != null) {
            return null;
        }
        return hasSnapshot
                ? new Rejection(Reason.UNKNOWN_AD, "the ad is none of the request's candidates")
                : new Rejection(
                        Reason.REQUEST_GONE, "what the request was served with has been let go");
    }

    /** Forgets what only a snapshot is needed for. */
    void dropSnapshot() {
        hasSnapshot = false;
        ads.removeIf(ad -> !ad.out);
    }

    /** When the next label is final, NEVER where none is to come. */
    long nextFinal() {
        long next = NEVER;
        for (AdLabel ad : ads) {
            if (ad.isPending()) {
                next = Math.min(next, ad.finalAt);
            }
        }
        return next;
    }

    /** Event time of the latest impression with an example, or of the request. */
    long lastImpressed() {
        long last = requestedAt;
        for (AdLabel ad : ads) {
            last = Math.max(last, ad.impressedAt);
        }
        return last;
    }

    static long hash(String id) {
        return Murmur3.hash64(id.getBytes(StandardCharsets.UTF_8));
    }
}
