package io.dienstream.console;

import io.dienstream.console.feed.Feed;
import io.dienstream.console.watch.Watch;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.TopicTail;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that read for the page: topics as they grow, and what is asked for now and then. */
final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final long KAFKA_MS = 20_000;

    /** Records of each partition that are read when it starts, for histories and ads. */
    private static final long PAST = 20_000;

    private static final Duration POLL = Duration.ofMillis(50);
    private static final long REFRESH_MS = 3_000;
    private static final long AGAIN_MS = 5_000;
    private static final long END_MS = 10_000;

    private final Properties client;
    private final Feed feed;
    private final boolean hasRollout;
    private final List<String> topics = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * @throws IOException where Kafka does not answer
     */
    Readers(Properties client, Feed feed) throws IOException, InterruptedException {
        this.client = client;
        this.feed = feed;
        Set<String> known = KafkaCheck.topics(client, KAFKA_MS);
        Feed.topics().stream()
                .filter(topic -> known.contains(topic) && !topic.equals(Feed.QUALITY))
                .forEach(topics::add);
        hasRollout =
                known.contains(JobOptions.MODELS.defaultText())
                        && known.contains(JobOptions.MODEL_STATUS.defaultText());
    }

    /** Whether Kafka has the topics of a rollout. */
    boolean hasRollout() {
        return hasRollout;
    }

    void start(Watch watch) {
        thread("dien-console-topics", () -> read(topics));
        thread("dien-console-refresh", () -> refresh(watch));
        thread("dien-console-quality", this::readQuality);
    }

    private void thread(String name, Runnable run) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Its topic may be made long after this started: by the job that learns. */
    private void readQuality() {
        while (!closed) {
            try {
                if (KafkaCheck.topics(client, KAFKA_MS).contains(Feed.QUALITY)) {
                    read(List.of(Feed.QUALITY));
                }
            } catch (IOException e) {
                LOG.warn("topics cannot be listed: {}", e.toString());
            } catch (InterruptedException e) {
                return;
            }
            sleep(AGAIN_MS);
        }
    }

    private void read(List<String> from) {
        while (!closed) {
            try (TopicTail tail = TopicTail.recent(client, from, PAST)) {
                while (!closed) {
                    tail.poll(POLL, feed::take);
                }
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                if (!closed) {
                    LOG.warn("topics cannot be read, and are tried again: {}", e.toString());
                    sleep(AGAIN_MS);
                }
            }
        }
    }

    private void refresh(Watch watch) {
        while (!closed) {
            try {
                watch.refresh();
            } catch (InterruptedException e) {
                return;
            }
            sleep(REFRESH_MS);
        }
    }

    private static void sleep(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        // not the first: an interrupted Kafka consumer complains, and it looks at the flag anyway
        threads.subList(1, threads.size()).forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(END_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
