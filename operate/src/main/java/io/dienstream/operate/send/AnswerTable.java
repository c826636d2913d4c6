package io.dienstream.operate.send;

import io.dienstream.schema.ScoreFlag;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One answer for a person to read: what it rests on, then the ads from the best on. */
public final class AnswerTable {
    private static final double MICROS = 1e6;

    private AnswerTable() {}

    /**
     * The lines of the table.
     *
     * @param waited from send to answer
     */
    public static List<String> of(ScoredRequest answer, Duration waited) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s of %s: %s %s saw %s%s, answered in %d ms"
                        .formatted(
                                answer.getRequestId(),
                                answer.getUserId(),
                                answer.getModelName(),
                                answer.getModelVersion(),
                                behaviors(answer),
                                flags(answer.getFlags()),
                                waited.toMillis()));
        lines.add("  rank  ad                        pCTR          eCPM");
        for (ScoredCandidate c : answer.getCandidates()) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "  %4d  %-20s  %8.6f  %12.4f %s",
                            c.getRank(),
                            c.getAdId(),
                            c.getPctr(),
                            c.getEcpmMicros() / MICROS,
                            c.getCurrency()));
        }
        return lines;
    }

    private static String behaviors(ScoredRequest answer) {
        int length = answer.getSequenceLength();
        Long newest = answer.getNewestBehaviorTimestamp();
        if (length == 0 || newest == null) {
            return "no behaviors";
        }
        Duration age = Duration.ofMillis(answer.getTimestamp() - newest);
        return "%d behavior%s, the newest of %s"
                .formatted(length, length == 1 ? "" : "s", before(age));
    }

    private static String before(Duration age) {
        if (age.isNegative() || age.isZero()) {
            return "the same moment";
        }
        if (age.compareTo(Duration.ofMinutes(2)) < 0) {
            return String.format(Locale.ROOT, "%.1f s before", age.toMillis() / 1000.0);
        }
        return age.compareTo(Duration.ofDays(2)) < 0
                ? age.toMinutes() + " minutes before"
                : age.toDays() + " days before";
    }

    private static String flags(List<ScoreFlag> flags) {
        return flags.isEmpty() ? "" : " " + flags;
    }
}
