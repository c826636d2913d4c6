package io.dienstream.bench.stream;

import io.dienstream.cli.page.Markdown;
import io.dienstream.cli.page.CategoryPlots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Figures of the main job and its peers side by side.
 *
 * @param java version of the runtime
 * @param cores of this machine; broker, job, what runs beside it and the generator share them
 * @param sameLoad requests a second at which all were measured
 */
public record PeerTable(
        String java,
        int cores,
        String model,
        PeerPlan plan,
        double sameLoad,
        List<Contestant> contestants) {
    private static final double NANOS_PER_MS = 1e6;
    private static final double MICROS = 1e6;

    /**
     * What one contender did.
     *
     * @param difference the largest of its answers to what they must be, before anything was timed
     * @param rounds in their order, each with a rate for every load
     * @param saturation requests a second with the generator beside it
     * @param half at half of that
     * @param same at the load that is the same for all, with a probe of freshness now and then
     */
    public record Contestant(
            String name,
            double difference,
            List<List<Rate>> rounds,
            double saturation,
            Latency half,
            Latency same,
            Freshness freshness,
            Kill kill) {
        /** Records a second in the rounds that count: all but the first, if there are several. */
        double perSecond(int candidates) {
            return counted(candidates).stream().mapToDouble(Rate::perSecond).average().orElse(0);
        }

        /** Likewise microseconds of CPU a record, by who took them. */
        Map<String, Double> cpuMicros(int candidates) {
            List<Rate> counted = counted(candidates);
            Map<String, Double> micros = new LinkedHashMap<>();
            for (Rate rate : counted) {
                rate.cpuMicros()
                        .forEach((who, us) -> micros.merge(who, us / counted.size(), Double::sum));
            }
            return micros;
        }

        /** Records a second that one core would do. */
        double perCore(int candidates) {
            double all = cpuMicros(candidates).values().stream().mapToDouble(us -> us).sum();
            return MICROS / all;
        }

        private List<Rate> counted(int candidates) {
            List<Rate> counted = new ArrayList<>();
            for (int r = rounds.size() > 1 ? 1 : 0; r < rounds.size(); r++) {
                rounds.get(r).stream()
                        .filter(rate -> rate.candidates() == candidates)
                        .forEach(counted::add);
            }
            return counted;
        }
    }

    /**
     * How a backlog shrank.
     *
     * @param candidates of each request; 0: behaviors
     * @param cpuMicros a record, by who took them
     */
    public record Rate(
            int candidates, double perSecond, double seconds, Map<String, Double> cpuMicros) {}

    /**
     * From due to answered, ms.
     *
     * @param rate requests a second that were due
     * @param missing without an answer
     */
    public record Latency(double rate, double p50, double p99, double max, long missing) {
        static Latency of(double rate, OpenLoop.Outcome outcome) {
            Histogram h = outcome.latency();
            return new Latency(
                    rate, ms(h, 50), ms(h, 99), h.getMaxValue() / NANOS_PER_MS, outcome.missing());
        }
    }

    /**
     * From a click that is sent to the first score that sees it, ms.
     *
     * @param clicks that were sent, those of which no score told anything in five seconds counted
     *     as five seconds
     * @param unseen of these
     * @param skipped probes whose click would hardly have changed a pCTR, so that none was sent
     */
    public record Freshness(
            long clicks, double p50, double p99, double max, int unseen, int skipped) {
        static Freshness of(FreshnessRun run) {
            Histogram h = run.nanos;
            return new Freshness(
                    h.getTotalCount(),
                    ms(h, 50),
                    ms(h, 99),
                    h.getMaxValue() / NANOS_PER_MS,
                    run.unseen,
                    run.skipped);
        }
    }

    private static double ms(Histogram h, double percentile) {
        return h.getValueAtPercentile(percentile) / NANOS_PER_MS;
    }

    /**
     * What one kill of the scoring side cost.
     *
     * @param what was killed, and how
     * @param lost requests without an answer 40 s later
     * @param wrong answers that differ by more than 1e-5 from what they must be
     * @param repeated answers that came again
     * @param longest s that a request waited for its answer, from when the kill began
     * @param users that clicked meanwhile
     * @param wrongHistories of these, whose answer afterwards was missing or wrong
     */
    public record Kill(
            String what,
            long requests,
            long lost,
            long wrong,
            long repeated,
            double longest,
            int users,
            long wrongHistories) {}

    /** As tables to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "Java %s, %d cores shared by all; model %s; %,d users with %d behaviors,"
                                + " parallelism %d, %s state; the same load is %,.0f requests/s of"
                                + " %d candidates%n%n",
                        java,
                        cores,
                        Markdown.text(model),
                        plan.users(),
                        plan.history(),
                        plan.parallelism(),
                        plan.streamCase().backendName(),
                        sameLoad,
                        plan.candidates().get(0)));
        text.append("| |");
        contestants.forEach(c -> text.append(' ').append(Markdown.text(c.name())).append(" |"));
        text.append("\n|---|").append("---|".repeat(contestants.size())).append('\n');
        PeerRows.all(plan).forEach(row -> text.append(row.line(contestants)));
        return text.toString();
    }

    /** Requests a second of a core by their candidates, a bar for each contender. */
    public Chart<?, ?> plot() {
        Map<String, Map<String, Double>> bars = new LinkedHashMap<>();
        for (Contestant c : contestants) {
            Map<String, Double> values = new LinkedHashMap<>();
            plan.candidates().forEach(n -> values.put(Integer.toString(n), c.perCore(n)));
            bars.put(c.name(), values);
        }
        return CategoryPlots.bars(
                "Kafka to Kafka, all processes counted",
                "candidates of a request",
                "requests a second of a core",
                bars);
    }
}
