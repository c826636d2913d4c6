package io.dienstream.bench.stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dienstream.bench.CandidateCost;
import java.util.List;
import java.util.Locale;

/**
 * What {@code dien bench swap} found.
 *
 * @param of users, histories, candidates
 * @param megabytes of the artifact that was swapped once
 * @param smaller megabytes of those that were swapped often
 * @param cost of a candidate's request, the scorer alone
 * @param samples in the course of many swaps
 */
public record SwapTable(
        String java,
        int cores,
        StreamCase of,
        int megabytes,
        int smaller,
        Swap swap,
        CandidateCost cost,
        List<Sample> samples) {
    /**
     * One swap under load.
     *
     * @param saturation requests a second that generator, broker, job and consumer manage together
     * @param rate requests a second that were due
     * @param loadSeconds from the command to ready in all tasks
     * @param switchSeconds from there to promoted in all tasks
     * @param secondsUntilAgain from the switch until no second had fewer answers than before
     * @param arms what went through by version
     */
    public record Swap(
            double saturation,
            double rate,
            List<Phase> phases,
            double loadSeconds,
            double switchSeconds,
            double secondsUntilAgain,
            ServedCheck.Found found,
            List<Arm> arms) {
        /** How many times slower a live request went through than a candidate's: medians of two. */
        @JsonProperty("candidateInStream")
        public double candidateInStream() {
            return perSecond("live") / perSecond("candidate");
        }

        private double perSecond(String name) {
            return arms.stream()
                    .filter(arm -> arm.version().equals(name))
                    .mapToDouble(Arm::perSecond)
                    .average()
                    .orElse(Double.NaN);
        }
    }

    /**
     * Requests that were due in a phase of the swap.
     *
     * @param p50 ms from due to answered, and so the others
     */
    public record Phase(
            String name,
            double seconds,
            long requests,
            double p50,
            double p99,
            double p999,
            double max) {}

    /**
     * Saturation with all users at one version.
     *
     * @param version live, or candidate
     */
    public record Arm(String version, double perSecond) {}

    /**
     * The process after so many swaps.
     *
     * @param loads of models since the swaps began
     * @param heapMib after a collection
     * @param mappedMib as it was before that collection
     * @param mappedAfterMib after it
     * @param p99 ms, of the requests since the sample before
     * @param missing of them, without an answer
     */
    public record Sample(
            int swaps,
            long loads,
            double heapMib,
            double metaspaceMib,
            int classes,
            double mappedMib,
            double mappedAfterMib,
            double p99,
            long missing) {}

    /** Whether every request was answered once, and by one version. */
    @JsonProperty("right")
    public boolean isRight() {
        return swap.found().isRight() && samples.stream().allMatch(s -> s.missing() == 0);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** As tables to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                format(
                        "Java %s, %d cores shared by generator, broker, job and consumer; %,d users"
                                + " with %d behaviors, %d candidates, parallelism %d, %s state;"
                                + " saturation %,.0f requests/s, sent %,.0f%n%n",
                        java,
                        cores,
                        of.users(),
                        of.history(),
                        of.candidates(),
                        of.parallelism(),
                        of.backendName(),
                        swap.saturation(),
                        swap.rate()));
        text.append(
                format(
                        "One artifact of %d MB for another: loaded in %.1f s, switched in %.1f s%n%n",
                        megabytes, swap.loadSeconds(), swap.switchSeconds()));
        text.append("| phase | s | requests | p50 ms | p99 | p99.9 | max |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        for (Phase p : swap.phases()) {
            text.append(
                    format(
                            "| %s | %.1f | %,d | %.1f | %.1f | %.1f | %.1f |%n",
                            p.name(),
                            p.seconds(),
                            p.requests(),
                            p.p50(),
                            p.p99(),
                            p.p999(),
                            p.max()));
        }
        ServedCheck.Found found = swap.found();
        text.append(
                format(
                        "%nOf %,d requests %d lost, %d doubled, %d mixed; answers by version %s,"
                                + " largest difference %.1e; old throughput %.0f s after the switch%n",
                        found.requests(),
                        found.lost(),
                        found.doubled(),
                        found.mixed(),
                        found.by(),
                        found.largestDifference(),
                        swap.secondsUntilAgain()));
        text.append(
                format(
                        "A candidate's request costs %.2f x a live one's in the scorer (%.0f us,"
                                + " %.0f us), %.2f x in the stream%n",
                        cost.ratio(),
                        cost.candidateMicros(),
                        cost.liveMicros(),
                        swap.candidateInStream()));
        if (!samples.isEmpty()) {
            samples(text);
        }
        return text.toString();
    }

    private void samples(StringBuilder text) {
        text.append(format("%nSwaps of artifacts of %d MB, one after another%n%n", smaller));
        text.append(
                "| swaps | loaded | heap MiB | metaspace | classes | mapped | mapped, collected | p99 ms"
                        + " | lost |");
        text.append("\n|---|---|---|---|---|---|---|---|---|\n");
        for (Sample s : samples) {
            text.append(
                    format(
                            "| %d | %d | %.0f | %.1f | %,d | %.0f | %.0f | %.1f | %d |%n",
                            s.swaps(),
                            s.loads(),
                            s.heapMib(),
                            s.metaspaceMib(),
                            s.classes(),
                            s.mappedMib(),
                            s.mappedAfterMib(),
                            s.p99(),
                            s.missing()));
        }
    }
}
