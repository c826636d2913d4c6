package io.dienstream.job.connector;

import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.Settings;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How long a transaction of an exactly-once sink may be open, and how many checkpoints may fail in
 * a row before the job has to restart because of that. A broker aborts a transaction that is older
 * than {@code transaction.timeout.ms}, and Flink's offsets go on: what was in it is lost. A
 * transaction is as old as its first record, and commits when the first checkpoint after it
 * completes. With checkpoint interval I, pause P, timeout T, F tolerated failures and R for a
 * restart, it commits, or is replayed by a job that has failed over, within
 *
 * <pre>
 * max(I, T + P) + F * max(I, T) + T + R
 * </pre>
 *
 * which has to be less than the transaction's timeout.
 *
 * @param timeoutMs of a transaction
 * @param tolerated checkpoints that may fail in a row
 */
public record TransactionTiming(long timeoutMs, int tolerated) {
    /** What a restart takes at most until a new job has the transactions in its hand, ms. */
    private static final long RESTART_MS = 120_000;

    /** Of a transaction timeout that is short itself. */
    private static final int RESTART_SHARE = 4;

    /**
     * Of an exactly-once job. The default of {@code checkpoint.tolerated-failures} is lowered to
     * what the transactions allow; one that was asked for is refused where they do not allow it.
     *
     * @throws OptionException naming the options that do not fit each other
     */
    public static TransactionTiming of(Settings options) {
        long timeout = timeoutMs(options);
        int asked = options.get(JobOptions.TOLERATED_FAILURES);
        if (options.get(JobOptions.DELIVERY) != Delivery.EXACTLY_ONCE) {
            return new TransactionTiming(timeout, asked);
        }
        long interval = options.get(JobOptions.CHECKPOINT_INTERVAL).toMillis();
        long pause = interval / 2;
        long checkpoint = options.get(JobOptions.CHECKPOINT_TIMEOUT).toMillis();
        long restart = Math.min(RESTART_MS, timeout / RESTART_SHARE);
        long first = Math.max(interval, checkpoint + pause) + checkpoint + restart;
        long failed = Math.max(interval, checkpoint);
        long allowed = (timeout - first - 1) / failed;
        if (timeout <= first) {
            throw new OptionException(
                    ("kafka.properties.%s = %d ms is too short: with checkpoint.interval = %d ms and"
                                    + " checkpoint.timeout = %d ms an answer may wait %d ms for its"
                                    + " commit, and Kafka would abort it before; raise it, or lower"
                                    + " one of these")
                            .formatted(
                                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                    timeout,
                                    interval,
                                    checkpoint,
                                    first));
        }
        if (asked > allowed && options.isSet(JobOptions.TOLERATED_FAILURES)) {
            throw new OptionException(
                    ("checkpoint.tolerated-failures = %d lets an answer wait %d ms for its commit,"
                                    + " kafka.properties.%s = %d ms aborts it before: at most %d with"
                                    + " checkpoint.timeout = %d ms")
                            .formatted(
                                    asked,
                                    first + asked * failed,
                                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                    timeout,
                                    allowed,
                                    checkpoint));
        }
        return new TransactionTiming(timeout, (int) Math.min(asked, allowed));
    }

    private static long timeoutMs(Settings options) {
        String key = ProducerConfig.TRANSACTION_TIMEOUT_CONFIG;
        String text =
                options.kafkaProperties().getProperty(key, KafkaEndpoints.TRANSACTION_TIMEOUT_MS);
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new OptionException(
                    "kafka.properties." + key + " = '" + text + "' is no number", e);
        }
    }
}
