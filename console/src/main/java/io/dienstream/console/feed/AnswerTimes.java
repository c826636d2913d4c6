package io.dienstream.console.feed;

/**
 * Joins requests with their answers by id, whichever is read first. Of fixed size. Not thread safe.
 */
final class AnswerTimes {
    private final Ring<String, Long> asked;
    private final Ring<String, long[]> early;
    private final Pulse pulse;

    AnswerTimes(int most, Pulse pulse) {
        asked = new Ring<>(most);
        early = new Ring<>(most);
        this.pulse = pulse;
    }

    /**
     * @param kafkaMs the record's time
     */
    void asked(String requestId, long kafkaMs, long nowMs) {
        long[] times = early.remove(requestId);
        if (times == null) {
            asked.put(requestId, kafkaMs);
        } else {
            pulse.answered(times[0] - kafkaMs, times[1] - kafkaMs, nowMs);
        }
    }

    /**
     * @param scoredMs when the job computed it
     * @param kafkaMs the record's time
     */
    void answered(String requestId, long scoredMs, long kafkaMs, long nowMs) {
        Long began = asked.remove(requestId);
        if (began == null) {
            early.put(requestId, new long[] {scoredMs, kafkaMs});
        } else {
            pulse.answered(scoredMs - began, kafkaMs - began, nowMs);
        }
    }
}
