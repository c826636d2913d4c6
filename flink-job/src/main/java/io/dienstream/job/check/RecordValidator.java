package io.dienstream.job.check;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import io.dienstream.job.ranking.Ecpm;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Reason;
import io.dienstream.job.record.Rejection;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.Pricing;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Checks a decoded record before anything trusts it. Messages name the schema's own fields and
 * limits, never a name or a value that the record brought.
 */
public final class RecordValidator {
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    private final int maxValueLength;
    private final int maxCandidates;
    private final int maxBehaviorBytes;
    private final long maxAheadMs;
    private final Instant earliest;
    private final LongSupplier clock;

    public RecordValidator(Settings options) {
        this(options, System::currentTimeMillis);
    }

    /**
     * @param clock ms; a record's own time that is ahead of it is its producer's invention
     */
    public RecordValidator(Settings options, LongSupplier clock) {
        this.clock = clock;
        maxValueLength = options.get(JobOptions.MAX_VALUE_LENGTH);
        maxBehaviorBytes = options.get(JobOptions.MAX_BEHAVIOR_BYTES);
        maxCandidates = options.get(JobOptions.MAX_CANDIDATES);
        maxAheadMs = options.get(JobOptions.MAX_AHEAD).toMillis();
        earliest = options.get(JobOptions.EARLIEST);
    }

    /** Why {@code record}, as decoded, is refused, or null. */
    public Rejection check(InboundRecord record) {
        long recordTime = Math.min(record.origin().timestamp(), clock.getAsLong());
        return switch (record.kind()) {
            case BEHAVIOR -> check(record.behavior(), recordTime);
            case AD_REQUEST -> check(record.adRequest(), recordTime);
            case ERASURE -> check(record.erasure(), recordTime);
        };
    }

    /** Why {@code b} is refused, or null. */
    public Rejection check(Behavior b, long recordTime) {
        Rejection id = checkId("event_id", b.getEventId());
        Rejection user = id != null ? id : checkId("user_id", b.getUserId());
        Rejection time = user != null ? user : checkTime(b.getTimestamp(), recordTime);
        Rejection fields = time != null ? time : checkFields("fields", b.getFields());
        return fields != null ? fields : checkBudget(b.getFields());
    }

    /** Every behavior that is retained is read, and written to served, with every request. */
    private Rejection checkBudget(Map<String, String> fields) {
        long bytes = 0;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            bytes += utf8Bytes(field.getKey()) + utf8Bytes(field.getValue());
        }
        return bytes <= maxBehaviorBytes
                ? null
                : new Rejection(
                        Reason.OVERSIZE_VALUE,
                        "names and values in fields have %d bytes, more than behavior.max-bytes = %d"
                                .formatted(bytes, maxBehaviorBytes));
    }

    private static long utf8Bytes(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // half of a pair has two of the pair's four bytes
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }

    /** Why {@code r} is refused, or null. */
    public Rejection check(AdRequest r, long recordTime) {
        Rejection id = checkId("request_id", r.getRequestId());
        Rejection user = id != null ? id : checkId("user_id", r.getUserId());
        Rejection time = user != null ? user : checkTime(r.getTimestamp(), recordTime);
        Rejection fields = time != null ? time : checkFields("user", r.getUser());
        Rejection context = fields != null ? fields : checkFields("context", r.getContext());
        return context != null ? context : checkCandidates(r.getCandidates());
    }

    private Rejection check(Erasure e, long recordTime) {
        Rejection id = checkId("erasure_id", e.getErasureId());
        Rejection user = id != null ? id : checkId("user_id", e.getUserId());
        return user != null ? user : checkTime(e.getTimestamp(), recordTime);
    }

    /** A user or context field that no field of the model is named. */
    public static Rejection unknownField(String kind, String name) {
        return new Rejection(
                Reason.UNKNOWN_FIELD,
                "a %s field that the model does not have, a name of %d chars"
                        .formatted(kind, name.length()));
    }

    /** Why {@code id}, of the field called {@code name}, is refused, or null. */
    public Rejection checkId(String name, String id) {
        if (id.isEmpty()) {
            return new Rejection(Reason.INVALID_ID, name + " is empty");
        }
        return id.length() <= maxValueLength
                ? null
                : new Rejection(
                        Reason.INVALID_ID,
                        "%s has %d chars, more than value.max-length = %d"
                                .formatted(name, id.length(), maxValueLength));
    }

    /**
     * Why an event time is refused, or null.
     *
     * @param recordTime of the Kafka record, or the clock where that is ahead of it, ms
     */
    public Rejection checkTime(long timestamp, long recordTime) {
        if (timestamp < earliest.toEpochMilli()) {
            return new Rejection(
                    Reason.INVALID_TIME, "the timestamp is before time.earliest = " + earliest);
        }
        return timestamp <= recordTime || timestamp - recordTime <= maxAheadMs
                ? null
                : new Rejection(
                        Reason.INVALID_TIME,
                        "the timestamp is ahead of the record's own time by more than time.max-ahead ="
                                + " %d ms".formatted(maxAheadMs));
    }

    private Rejection checkFields(String where, Map<String, String> fields) {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            int longest = Math.max(field.getKey().length(), field.getValue().length());
            if (longest > maxValueLength) {
                return new Rejection(
                        Reason.OVERSIZE_VALUE,
                        "a name or value in %s has %d chars, more than value.max-length = %d"
                                .formatted(where, longest, maxValueLength));
            }
        }
        return null;
    }

    private Rejection checkCandidates(List<Candidate> candidates) {
        if (candidates.isEmpty()) {
            return new Rejection(Reason.NO_CANDIDATES, "the request has no candidates");
        }
        if (candidates.size() > maxCandidates) {
            return new Rejection(
                    Reason.TOO_MANY_CANDIDATES,
                    candidates.size() + " candidates, request.max-candidates = " + maxCandidates);
        }
        Set<String> ads = new HashSet<>();
        String currency = candidates.get(0).getCurrency();
        for (int n = 0; n < candidates.size(); n++) {
            Candidate c = candidates.get(n);
            String where = "candidates[" + n + "]";
            Rejection rejection = checkId(where + ".ad_id", c.getAdId());
            if (rejection == null && !ads.add(c.getAdId())) {
                rejection = new Rejection(Reason.REPEATED_AD, where + " repeats an ad_id");
            }
            if (rejection == null) {
                rejection = checkFields(where + ".fields", c.getFields());
            }
            if (rejection == null) {
                rejection = checkMoney(c, currency, where);
            }
            if (rejection != null) {
                return rejection;
            }
        }
        return null;
    }

    private static Rejection checkMoney(Candidate c, String currency, String where) {
        if (c.getBidMicros() < 0 || c.getBidMicros() > Ecpm.MAX_BID_MICROS) {
            return new Rejection(
                    Reason.INVALID_BID,
                    "%s.bid_micros is not from 0 to %d".formatted(where, Ecpm.MAX_BID_MICROS));
        }
        if (!CURRENCY.matcher(c.getCurrency()).matches() || !c.getCurrency().equals(currency)) {
            return new Rejection(
                    Reason.INVALID_CURRENCY,
                    where + ".currency is no ISO 4217 code, or not that of the first candidate");
        }
        Double pcvr = c.getPcvr();
        if (pcvr == null) {
            return c.getPricing() == Pricing.CPA
                    ? new Rejection(Reason.INVALID_PCVR, where + " is CPA without pcvr")
                    : null;
        }
        return pcvr >= 0 && pcvr <= 1
                ? null
                : new Rejection(Reason.INVALID_PCVR, where + ".pcvr is not in [0, 1]");
    }
}
