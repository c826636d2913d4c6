package io.dienstream.console.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.console.feed.Feed;
import io.dienstream.console.feed.Pulse;
import io.dienstream.console.feed.Second;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream at a glance. What costs a request to others is asked for by {@link #refresh}, which
 * one thread calls now and then; everything else is thread safe.
 */
public final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final Feed feed;
    private final Rollout rollout;
    private final FlinkJobs flink;
    private final LongSupplier clock;
    private volatile ObjectNode rolloutNow;
    private volatile ObjectNode flinkNow;

    /**
     * @param rollout null where Kafka has no topics of one
     * @param flink null where it is not known where Flink answers
     * @param clock ms since the epoch
     */
    public Watch(Feed feed, Rollout rollout, FlinkJobs flink, LongSupplier clock) {
        this.feed = feed;
        this.rollout = rollout;
        this.flink = flink;
        this.clock = clock;
    }

    /** Asks Flink, and reads the rollout's topics. */
    public void refresh() throws InterruptedException {
        if (flink != null) {
            flinkNow = flink.read();
        }
        if (rollout != null) {
            try {
                rolloutNow = rollout.read();
            } catch (IOException | RuntimeException e) {
                LOG.warn("the rollout's topics cannot be read: {}", e.toString());
            }
        }
    }

    /**
     * What the page draws, once a second.
     *
     * @param since seconds of the epoch; only what came after is told second by second
     */
    public ObjectNode view(long since) {
        long now = clock.getAsLong();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("now", now);
        ArrayNode seconds = node.putArray("seconds");
        feed.pulse().seconds(now).stream()
                .filter(s -> s.epochSecond() > since)
                .forEach(s -> second(s, seconds.addObject()));
        ArrayNode bins = node.putArray("pctr");
        for (long n : feed.pulse().predictions(now)) {
            bins.add(n);
        }
        node.put("pctr_bins", Pulse.BINS);
        ObjectNode versions = node.putObject("versions");
        feed.pulse().versions(now).forEach(versions::put);
        ObjectNode letters = node.putObject("letters");
        feed.letters().counts().forEach(letters::put);
        node.set("rollout", rolloutNow);
        node.set("flink", flinkNow);
        node.set("quality", QualityView.of(feed.quality().all()));
        return node;
    }

    private static void second(Second second, ObjectNode node) {
        node.put("t", second.epochSecond());
        ObjectNode counts = node.putObject("counts");
        second.counts().forEach(counts::put);
        quantiles("answer_ms", second.answerMs(), node);
        quantiles("scored_ms", second.scoredMs(), node);
    }

    private static void quantiles(String name, double[] values, ObjectNode to) {
        if (values != null) {
            ArrayNode array = to.putArray(name);
            for (double value : List.of(values[0], values[1])) {
                array.add(value);
            }
        }
    }
}
