package io.dienstream.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report for people. */
public final class ReportText {
    private ReportText() {}

    /** Conditions as they would be given on the command line. */
    static String flags(Map<String, String> conditions) {
        return conditions.entrySet().stream()
                .map(e -> "--" + e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(" "));
    }

    /** The whole report; its lines end with a line feed. */
    public static String of(ChaosReport r) {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + r.seed() + ": " + flags(r.conditions()));
        lines.add(
                number(r.rate())
                        + " records/s"
                        + (r.sustained() == null
                                ? ""
                                : " of " + number(r.sustained()) + " that are sustained"));
        long came = r.in().values().stream().mapToLong(n -> n).sum();
        lines.add(
                number(came)
                        + " records in: "
                        + number(r.applied())
                        + " applied, "
                        + number(r.answered())
                        + " answered, dead letters "
                        + r.deadLetters()
                        + (r.balanced() ? "" : "; THE BALANCE IS NOT EVEN"));
        lines.add(
                "%,d lost, %,d doubled, %,d wrong, %,d unasked; states: %,d as rebuilt, %,d not"
                        .formatted(
                                r.lost(),
                                r.doubled(),
                                r.wrong(),
                                r.unasked(),
                                r.statesSame(),
                                r.statesWrong()));
        lines.add(
                "%,d repeated over %,d rollbacks, %,d overtaken; largest difference %.1e"
                        .formatted(
                                r.repeated(), r.rollbacks(), r.overtaken(), r.largestDifference()));
        lines.add(
                "answers by version: %s, %,d of them by one that stood in for the planned one"
                        .formatted(r.answeredBy(), r.stoodIn()));
        lines.add(
                "%,d processes killed, the job started %,d times; not possible: %s"
                        .formatted(r.kills(), r.starts(), r.notPossible()));
        if (r.learning() != null) {
            lines.add(r.learning().text());
        }
        lines.add("");
        recovery(r, lines);
        lines.add("");
        lines.add(
                "checkpoints: "
                        + millis(r.checkpoints().all())
                        + "; while catching up: "
                        + millis(r.checkpoints().catchingUp()));
        r.findings().forEach(finding -> lines.add("FOUND " + finding));
        lines.add(r.ok() ? "ok" : "FAILED");
        return String.join("\n", lines) + "\n";
    }

    private static void recovery(ChaosReport r, List<String> lines) {
        lines.add("seconds from the fault to        running again        caught up");
        lines.add("                         times   median longest   median longest");
        r.recovery()
                .forEach(
                        (fault, recovery) ->
                                lines.add(
                                        "%-25s %4d  %s  %s"
                                                .formatted(
                                                        fault,
                                                        recovery.times(),
                                                        seconds(recovery.runningAgain()),
                                                        seconds(recovery.caughtUp()))));
    }

    private static String seconds(ChaosReport.Spread spread) {
        return spread == null
                ? "%7s %7s".formatted("-", "-")
                : String.format(Locale.ROOT, "%7.1f %7.1f", spread.median(), spread.longest());
    }

    private static String millis(ChaosReport.Spread spread) {
        return spread == null
                ? "none"
                : "%,d, median %,.0f ms, longest %,.0f ms"
                        .formatted(spread.count(), spread.median(), spread.longest());
    }

    private static String number(long n) {
        return "%,d".formatted(n);
    }
}
