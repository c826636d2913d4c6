package io.dienstream.console.feed;

import java.util.Map;

/**
 * What one second brought.
 *
 * @param epochSecond which
 * @param counts records by topic
 * @param answerMs from the request's time in Kafka to the answer's: p50, p99; null without answers
 * @param scoredMs from the request's time in Kafka to its scoring: p50, p99; likewise
 */
public record Second(
        long epochSecond, Map<String, Integer> counts, double[] answerMs, double[] scoredMs) {}
