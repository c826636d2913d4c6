package io.dienstream.sandbox;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.cli.terminal.Printable;
import io.dienstream.cli.terminal.TerminalOutput;
import io.dienstream.datasets.simulate.Titles;
import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The demo's screen: redrawn in place on a terminal, a plain line now and then elsewhere. Not
 * thread safe.
 */
final class LiveView {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long REDRAW_NANOS = SECOND_NANOS / 2;
    private static final long PLAIN_NANOS = 5 * SECOND_NANOS;
    private static final double NANOS_PER_MS = 1e6;
    private static final int TOP = 3;
    private static final int BAR_WIDTH = 40;

    private final PrintWriter out;
    private final Duration duration;
    private final boolean terminal = Bars.isTerminal();
    private final Histogram all = new Histogram(3);
    private long start;
    private Histogram recent = new Histogram(3);
    private ScoredRequest newest;
    private AdRequest newestRequest;
    private long drawn;
    private int lines;
    private Counts before = new Counts(0, 0, 0, Map.of());

    /** Totals so far. */
    record Counts(long behaviors, long requests, long answers, Map<String, Long> deadLetters) {}

    LiveView(PrintWriter out, Duration duration) {
        this.out = out;
        this.duration = duration;
    }

    /** The clock runs from now. */
    void live() {
        start = System.nanoTime();
    }

    /** Shows a line that stays, above what is redrawn. */
    void tell(String line) {
        out.print(lines == 0 ? "" : "\u001b[" + lines + "A\u001b[J");
        out.println(line);
        out.flush();
        lines = 0;
    }

    /** Takes an answer that came {@code nanos} after {@code request} was sent. */
    void answered(ScoredRequest answer, AdRequest request, long nanos) {
        all.recordValue(nanos);
        recent.recordValue(nanos);
        newest = answer;
        newestRequest = request;
    }

    /** Redraws where it is time to. */
    void update(Counts counts, LogitSketch auc, LogitSketch best) {
        long now = System.nanoTime();
        if (now - drawn < (terminal ? REDRAW_NANOS : PLAIN_NANOS)) {
            return;
        }
        double seconds = drawn == 0 ? 0 : (now - drawn) / (double) SECOND_NANOS;
        List<String> screen =
                screen(counts, seconds, auc, best, start == 0 ? -1 : (now - start) / SECOND_NANOS);
        screen.replaceAll(Printable::of);
        if (terminal) {
            PrintWriter cursor = TerminalOutput.unescaped(out);
            cursor.print(lines == 0 ? "" : "\u001b[" + lines + "A");
            screen.forEach(line -> cursor.print("\u001b[2K" + line + "\n"));
            lines = screen.size();
        } else {
            out.println(String.join(" | ", screen.subList(0, screen.size() - TOP)));
        }
        out.flush();
        drawn = now;
        before = counts;
        recent = new Histogram(3);
    }

    private List<String> screen(
            Counts c, double seconds, LogitSketch auc, LogitSketch best, long elapsed) {
        List<String> screen = new ArrayList<>();
        screen.add(bar(elapsed));
        screen.add(
                "events/s %,8.0f   requests/s %,7.0f"
                        .formatted(
                                rate(c.behaviors() - before.behaviors(), seconds),
                                rate(c.requests() - before.requests(), seconds)));
        screen.add("answers %,9d   open %,d".formatted(c.answers(), c.requests() - c.answers()));
        screen.add(
                "latency p50 %.1f ms   p99 %.1f ms"
                        .formatted(
                                recent.getValueAtPercentile(50) / NANOS_PER_MS,
                                recent.getValueAtPercentile(99) / NANOS_PER_MS));
        screen.add("online AUC %.4f   best possible %.4f".formatted(auc.auc(), best.auc()));
        screen.add("dead letters " + c.deadLetters());
        for (int n = 0; n < TOP; n++) {
            screen.add(ranked(n));
        }
        return screen;
    }

    private String bar(long elapsed) {
        if (elapsed < 0) {
            return "filling the users' histories ...";
        }
        if (!terminal) {
            return "%2d s of %d s"
                    .formatted(Math.min(elapsed, duration.toSeconds()), duration.toSeconds());
        }
        int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * elapsed / duration.toSeconds());
        return "[%s%s] %2d s of %d s"
                .formatted(
                        "#".repeat(filled),
                        ".".repeat(BAR_WIDTH - filled),
                        Math.min(elapsed, duration.toSeconds()),
                        duration.toSeconds());
    }

    private String ranked(int n) {
        if (newest == null || newest.getCandidates().size() <= n) {
            return "";
        }
        ScoredCandidate c = newest.getCandidates().get(n);
        Map<String, String> fields = newestRequest.getCandidates().get(c.getPosition()).getFields();
        return "%s  #%d  %-28s pCTR %.4f   eCPM %.2f %s"
                .formatted(
                        newest.getUserId(),
                        c.getRank(),
                        Titles.knows(fields) ? Titles.of(fields) : c.getAdId(),
                        c.getPctr(),
                        c.getEcpmMicros() / 1e6,
                        c.getCurrency());
    }

    private static double rate(long count, double seconds) {
        return seconds == 0 ? 0 : count / seconds;
    }

    void end() {
        out.println();
    }

    /** Latency over the whole run. */
    String latency() {
        return "latency from send to answer: p50 %.1f ms, p99 %.1f ms, max %.1f ms over %,d answers"
                .formatted(
                        all.getValueAtPercentile(50) / NANOS_PER_MS,
                        all.getValueAtPercentile(99) / NANOS_PER_MS,
                        all.getMaxValue() / NANOS_PER_MS,
                        all.getTotalCount());
    }
}
