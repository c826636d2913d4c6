package io.dienstream.chaos;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run found. JSON names are those of the components.
 *
 * @param faults how often each was injected
 * @param kills processes killed with SIGKILL
 * @param notPossible faults that this system does not allow
 * @param in records by topic
 * @param applied behaviors and erasures that the states had to take
 * @param answered requests with an answer
 * @param deadLetters refused records by reason
 * @param expired requests past their deadline
 * @param lost inputs without any trace
 * @param doubled outputs that stand more often than once
 * @param repeated outputs that stand again after a rollback to an older checkpoint, unchanged
 * @param wrong scores or reasons that differ from the offline truth
 * @param unasked outputs that answer nothing
 * @param largestDifference of a pCTR to the offline one
 * @param statesSame users whose state equals the rebuilt one
 * @param statesWrong users of whom it does not
 * @param recovery seconds from a fault to caught up, by fault
 * @param findings some of what is wrong, in words
 */
public record ChaosReport(
        long seed,
        double minutes,
        int rate,
        Map<String, Integer> faults,
        int kills,
        int rollbacks,
        @JsonProperty("not_possible") List<String> notPossible,
        Map<String, Long> in,
        long applied,
        long answered,
        @JsonProperty("dead_letters") Map<String, Long> deadLetters,
        long expired,
        long lost,
        long doubled,
        long repeated,
        long wrong,
        long unasked,
        @JsonProperty("largest_difference") double largestDifference,
        @JsonProperty("states_same") long statesSame,
        @JsonProperty("states_wrong") long statesWrong,
        @JsonProperty("recovery_seconds") Map<String, Recovery> recovery,
        List<String> findings) {

    /**
     * Of one fault.
     *
     * @param median seconds
     * @param longest seconds
     */
    public record Recovery(int times, double median, double longest) {
        static Recovery of(List<Double> seconds) {
            List<Double> sorted = seconds.stream().sorted().toList();
            return new Recovery(
                    sorted.size(),
                    sorted.get((sorted.size() - 1) / 2),
                    sorted.get(sorted.size() - 1));
        }
    }

    /** in = applied + answered + dead-lettered + expired. */
    @JsonProperty("balanced")
    public boolean balanced() {
        long came = in.values().stream().mapToLong(n -> n).sum();
        long letters = deadLetters.values().stream().mapToLong(n -> n).sum();
        return came == applied + answered + letters + expired;
    }

    /** Whether nothing was lost, doubled or wrong. */
    @JsonProperty("ok")
    public boolean ok() {
        return balanced()
                && lost == 0
                && doubled == 0
                && wrong == 0
                && unasked == 0
                && statesWrong == 0
                && statesSame > 0
                && answered > 0;
    }

    /** Collects; one thread. */
    static final class Builder {
        private final Map<String, Integer> faults = new TreeMap<>();
        private final Map<String, List<Double>> recovery = new TreeMap<>();
        private final Map<String, Long> in = new TreeMap<>();
        private final Map<String, Long> deadLetters = new TreeMap<>();
        private final List<String> notPossible = new ArrayList<>();
        private final List<String> findings = new ArrayList<>();
        private long applied;
        private long answered;
        private long expired;
        private long lost;
        private long doubled;
        private long repeated;
        private long wrong;
        private long unasked;
        private double largestDifference;
        private long statesSame;
        private long statesWrong;

        void fault(Fault fault, double seconds) {
            faults.merge(fault.label(), 1, Integer::sum);
            recovery.computeIfAbsent(fault.label(), f -> new ArrayList<>()).add(seconds);
        }

        void notPossible(String what) {
            if (!notPossible.contains(what)) {
                notPossible.add(what);
            }
        }

        void in(String topic, long records) {
            in.merge(topic, records, Long::sum);
        }

        void applied() {
            applied++;
        }

        void answered() {
            answered++;
        }

        void deadLettered(String reason) {
            deadLetters.merge(reason, 1L, Long::sum);
        }

        void expired() {
            expired++;
        }

        void lost(String what) {
            lost++;
            find(what);
        }

        void doubled(String what) {
            doubled++;
            find(what);
        }

        void repeated(int times) {
            repeated += times;
        }

        void wrong(String what) {
            wrong++;
            find(what);
        }

        void unasked(int outputs) {
            unasked += outputs;
        }

        void difference(double difference) {
            largestDifference = Math.max(largestDifference, difference);
        }

        void stateSame() {
            statesSame++;
        }

        void stateWrong(String what) {
            statesWrong++;
            find(what);
        }

        private void find(String what) {
            if (findings.size() < Checker.examples()) {
                findings.add(what);
            }
        }

        ChaosReport build(long seed, double minutes, int rate, int kills, int rollbacks) {
            Map<String, Recovery> times = new TreeMap<>();
            recovery.forEach((fault, seconds) -> times.put(fault, Recovery.of(seconds)));
            return new ChaosReport(
                    seed,
                    minutes,
                    rate,
                    faults,
                    kills,
                    rollbacks,
                    notPossible,
                    in,
                    applied,
                    answered,
                    deadLetters,
                    expired,
                    lost,
                    doubled,
                    repeated,
                    wrong,
                    unasked,
                    largestDifference,
                    statesSame,
                    statesWrong,
                    times,
                    findings);
        }
    }
}
