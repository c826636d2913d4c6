package io.dienstream.chaos;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a run found. JSON names are those of the components.
 *
 * @param conditions value by flag of {@code ./dien chaos}
 * @param rate behaviors and requests a second
 * @param sustained of them that this machine was measured to keep up with; null where it was not
 * @param faults how often each was injected
 * @param kills processes killed with SIGKILL
 * @param starts how often the job was started, the first time included
 * @param rollbacks returns to a checkpoint behind what readers had seen
 * @param notPossible faults that this system or these conditions do not allow
 * @param in records by topic
 * @param applied behaviors and erasures that the states had to take
 * @param answered requests with an answer
 * @param deadLetters refused records by reason
 * @param expired requests past their deadline
 * @param lost inputs without any trace
 * @param doubled outputs that stand more often than once
 * @param repeated outputs that stand again, as they may, on either side of a rollback
 * @param overtaken records that were late because their partition had been silent
 * @param wrong scores or reasons that differ from the offline truth
 * @param unasked outputs that answer nothing
 * @param answeredBy answers, repeated ones included, by the model's version
 * @param stoodIn those of them by a version that was live before, as the planned one was not ready
 * @param largestDifference of a pCTR to the offline one
 * @param statesSame users whose state equals the rebuilt one
 * @param statesWrong users of whom it does not
 * @param recovery seconds from a fault on, by fault
 * @param checkpoints how long they took
 * @param learning what the learning job gave; null where there was none
 * @param findings some of what is wrong, in words
 */
public record ChaosReport(
        long seed,
        Map<String, String> conditions,
        double minutes,
        int rate,
        Integer sustained,
        Map<String, Integer> faults,
        int kills,
        int starts,
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
        long overtaken,
        long wrong,
        long unasked,
        @JsonProperty("answered_by") Map<String, Long> answeredBy,
        @JsonProperty("stood_in") long stoodIn,
        @JsonProperty("largest_difference") double largestDifference,
        @JsonProperty("states_same") long statesSame,
        @JsonProperty("states_wrong") long statesWrong,
        @JsonProperty("recovery_seconds") Map<String, Recovery> recovery,
        @JsonProperty("checkpoint_ms") Checkpoints checkpoints,
        LabelVerdict learning,
        List<String> findings) {

    /**
     * Of one kind of fault.
     *
     * @param runningAgain until every task ran; null where the job never stopped
     * @param caughtUp until a request sent after the fault was answered and none waited for long
     */
    public record Recovery(
            int times,
            @JsonProperty("running_again") Spread runningAgain,
            @JsonProperty("caught_up") Spread caughtUp) {}

    /**
     * Times of checkpoints from trigger to completion.
     *
     * @param all null where there are none
     * @param catchingUp those that completed between running again and caught up; likewise
     */
    public record Checkpoints(Spread all, @JsonProperty("catching_up") Spread catchingUp) {}

    /** Of some numbers. */
    public record Spread(int count, double median, double longest) {
        /** Null for none. */
        static Spread of(Collection<? extends Number> numbers) {
            if (numbers.isEmpty()) {
                return null;
            }
            double[] sorted = numbers.stream().mapToDouble(Number::doubleValue).sorted().toArray();
            return new Spread(
                    sorted.length, sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
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
                && answered > 0
                && (learning == null || learning.ok());
    }

    /** Collects; one thread. */
    static final class Builder {
        private final Map<String, String> conditions;
        private final Map<String, List<Double>> runningAgain = new TreeMap<>();
        private final Map<String, List<Double>> caughtUp = new TreeMap<>();
        private final List<Long> checkpoints = new ArrayList<>();
        private final List<Long> catchingUp = new ArrayList<>();
        private final Map<String, Long> in = new TreeMap<>();
        private final Map<String, Long> deadLetters = new TreeMap<>();
        private final List<String> notPossible = new ArrayList<>();
        private final List<String> findings = new ArrayList<>();
        private final long seed;
        private final double minutes;
        private int rate;
        private Integer sustained;
        private int kills;
        private int starts;
        private int rollbacks;
        private long applied;
        private long answered;
        private long expired;
        private long lost;
        private long doubled;
        private long repeated;
        private long overtaken;
        private long wrong;
        private long unasked;
        private final Map<String, Long> answeredBy = new TreeMap<>();
        private long stoodIn;
        private double largestDifference;
        private long statesSame;
        private long statesWrong;
        private LabelVerdict learning;

        Builder(long seed, Conditions conditions, double minutes) {
            this.seed = seed;
            this.conditions = conditions.shown();
            this.minutes = minutes;
        }

        /**
         * @param measured what the machine sustains, or null
         */
        void rate(int sent, Integer measured) {
            rate = sent;
            sustained = measured;
        }

        /**
         * @param runningAfter seconds from the fault on, or nothing where the job never stopped
         * @param caughtUpAfter likewise
         */
        void fault(Fault fault, OptionalDouble runningAfter, double caughtUpAfter) {
            List<Double> running =
                    runningAgain.computeIfAbsent(fault.label(), f -> new ArrayList<>());
            runningAfter.ifPresent(running::add);
            caughtUp.computeIfAbsent(fault.label(), f -> new ArrayList<>()).add(caughtUpAfter);
        }

        void checkpoints(List<Long> millis) {
            checkpoints.addAll(millis);
        }

        void checkpointsCatchingUp(List<Long> millis) {
            catchingUp.addAll(millis);
        }

        /**
         * @param killed processes
         * @param started times that the job was started
         * @param rolledBack returns behind what readers had seen
         */
        void happened(int killed, int started, int rolledBack) {
            kills = killed;
            starts = started;
            rollbacks = rolledBack;
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

        void overtaken() {
            overtaken++;
        }

        void wrong(String what) {
            wrong++;
            find(what);
        }

        void unasked(int outputs) {
            unasked += outputs;
        }

        void answeredBy(String version, boolean standsIn) {
            answeredBy.merge(version, 1L, Long::sum);
            stoodIn += standsIn ? 1 : 0;
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

        void learning(LabelVerdict verdict) {
            learning = verdict;
            verdict.findings().forEach(this::find);
        }

        private void find(String what) {
            if (findings.size() < Checker.examples()) {
                findings.add(what);
            }
        }

        ChaosReport build() {
            Map<String, Integer> faults = new TreeMap<>();
            Map<String, Recovery> recovery = new TreeMap<>();
            caughtUp.forEach(
                    (fault, seconds) -> {
                        faults.put(fault, seconds.size());
                        recovery.put(
                                fault,
                                new Recovery(
                                        seconds.size(),
                                        Spread.of(runningAgain.get(fault)),
                                        Spread.of(seconds)));
                    });
            return new ChaosReport(
                    seed,
                    conditions,
                    minutes,
                    rate,
                    sustained,
                    faults,
                    kills,
                    starts,
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
                    overtaken,
                    wrong,
                    unasked,
                    answeredBy,
                    stoodIn,
                    largestDifference,
                    statesSame,
                    statesWrong,
                    recovery,
                    new Checkpoints(Spread.of(checkpoints), Spread.of(catchingUp)),
                    learning,
                    findings);
        }
    }
}
