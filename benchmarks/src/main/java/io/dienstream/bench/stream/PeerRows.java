package io.dienstream.bench.stream;

import io.dienstream.cli.page.Markdown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A line of the table of peers: what it is, and its cell for a contender.
 *
 * @param what as the line begins
 */
record PeerRows(String what, Function<PeerTable.Contestant, String> cell) {
    /** As Markdown. */
    String line(List<PeerTable.Contestant> contestants) {
        return "| "
                + what
                + " | "
                + contestants.stream().map(cell).collect(Collectors.joining(" | "))
                + " |\n";
    }

    /** All lines. */
    static List<PeerRows> all(PeerPlan plan) {
        List<PeerRows> rows = new ArrayList<>();
        List<Integer> loads = new ArrayList<>(plan.candidates());
        loads.add(0, 0);
        for (int n : loads) {
            String load = n == 0 ? "behaviors" : "requests of " + n;
            rows.add(new PeerRows(load + "/s", c -> text("%,.0f", c.perSecond(n))));
            rows.add(new PeerRows(load + "/s of a core", c -> text("%,.0f", c.perCore(n))));
            rows.add(new PeerRows("CPU µs of one, by process", c -> cpu(c, n)));
        }
        rows.add(
                new PeerRows(
                        "saturation with the generator beside it, requests/s",
                        c -> text("%,.0f", c.saturation())));
        rows.add(new PeerRows("at half of it, p50 / p99 ms", c -> latency(c.half())));
        rows.add(new PeerRows("at the same load, p50 / p99 ms", c -> latency(c.same())));
        rows.add(
                new PeerRows(
                        "click to first score that sees it, p50 / p99 ms",
                        c -> freshness(c.freshness())));
        rows.add(new PeerRows("what is killed", c -> Markdown.text(c.kill().what())));
        rows.add(
                new PeerRows(
                        "after a kill: requests lost / answers wrong / repeated",
                        c ->
                                text(
                                        "%d / %d / %d of %,d",
                                        c.kill().lost(),
                                        c.kill().wrong(),
                                        c.kill().repeated(),
                                        c.kill().requests())));
        rows.add(
                new PeerRows(
                        "histories wrong afterwards, of users that clicked meanwhile",
                        c -> text("%d of %d", c.kill().wrongHistories(), c.kill().users())));
        rows.add(
                new PeerRows(
                        "longest wait for an answer after it, s",
                        c -> text("%.1f", c.kill().longest())));
        rows.add(
                new PeerRows(
                        "largest difference of an answer before",
                        c -> text("%.1e", c.difference())));
        return rows;
    }

    private static String cpu(PeerTable.Contestant c, int candidates) {
        return c.cpuMicros(candidates).entrySet().stream()
                .map(e -> text("%s %,.0f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String latency(PeerTable.Latency l) {
        return text("%.1f / %.1f", l.p50(), l.p99())
                + (l.missing() == 0 ? "" : text(", %d missing", l.missing()));
    }

    private static String freshness(PeerTable.Freshness f) {
        return text("%.1f / %.1f of %d", f.p50(), f.p99(), f.clicks())
                + (f.unseen() == 0 ? "" : text(", %d unseen", f.unseen()));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
