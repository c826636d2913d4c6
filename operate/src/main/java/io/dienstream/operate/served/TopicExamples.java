package io.dienstream.operate.served;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.served.ServedSource;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The learning job's topics: examples and corrections between offsets [a, b) of each partition,
 * where b is the end when the reader was made. Records of transactions that were given up are not
 * seen.
 */
final class TopicExamples implements ServedSource {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern SLICE = Pattern.compile("(.+)/(\\d+) \\[(\\d+), (\\d+)\\)");

    private final Properties client;
    private final String examples;
    private final long mostBad;
    private final Map<TopicPartition, Slice> slices;
    private final WireDecoder<TrainingExample> example = WireDecoder.of(TrainingExample.class);
    private final WireDecoder<LabelCorrection> correction = WireDecoder.of(LabelCorrection.class);

    /** Offsets [from, to) of a partition. */
    record Slice(long from, long to) {}

    private TopicExamples(
            Properties client, String examples, long mostBad, Map<TopicPartition, Slice> slices) {
        this.client = client;
        this.examples = examples;
        this.mostBad = mostBad;
        this.slices = slices;
    }

    /**
     * @param examples topic of the examples
     * @param corrections topic of the corrections; null where there is none
     * @param only what to read, as {@link #sources} told of it; null for all that is there now
     * @throws IOException where what was read before is not kept any more, or Kafka does not tell
     */
    static TopicExamples open(
            Properties client,
            String examples,
            String corrections,
            long mostBad,
            List<Manifest.Source> only)
            throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client)) {
            Map<TopicPartition, Slice> now = new LinkedHashMap<>();
            for (String topic :
                    corrections == null ? List.of(examples) : List.of(examples, corrections)) {
                now.putAll(now(consumer, topic));
            }
            return new TopicExamples(
                    client, examples, mostBad, only == null ? now : kept(parse(only), now));
        } catch (KafkaException e) {
            throw unreadable(examples, e);
        }
    }

    private static IOException unreadable(String examples, KafkaException e) {
        return new IOException(
                "what was served cannot be read from topic %s: %s"
                        .formatted(examples, e.getMessage()),
                e);
    }

    private static Map<TopicPartition, Slice> now(
            KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(topic, p.partition()))
                        .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
                        .toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Slice> slices = new LinkedHashMap<>();
        partitions.forEach(p -> slices.put(p, new Slice(begins.get(p), ends.get(p))));
        return slices;
    }

    static Map<TopicPartition, Slice> parse(List<Manifest.Source> sources) throws IOException {
        Map<TopicPartition, Slice> slices = new LinkedHashMap<>();
        for (Manifest.Source source : sources) {
            Matcher slice = SLICE.matcher(source.file());
            if (!slice.matches()) {
                throw new IOException("'" + source.file() + "' names no offsets of a topic");
            }
            slices.put(
                    new TopicPartition(slice.group(1), Integer.parseInt(slice.group(2))),
                    new Slice(Long.parseLong(slice.group(3)), Long.parseLong(slice.group(4))));
        }
        return slices;
    }

    static Map<TopicPartition, Slice> kept(
            Map<TopicPartition, Slice> asked, Map<TopicPartition, Slice> now) throws IOException {
        for (Map.Entry<TopicPartition, Slice> e : asked.entrySet()) {
            Slice there = now.get(e.getKey());
            Slice slice = e.getValue();
            boolean isEmpty = slice.from() == slice.to();
            if (!isEmpty
                    && (there == null || slice.from() < there.from() || slice.to() > there.to())) {
                throw new IOException(
                        "%s is in the manifest, but the topic has %s now"
                                .formatted(name(e.getKey(), slice), there));
            }
        }
        return asked;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Properties client) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        // at the ends of partitions nothing is waited for
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "10");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public long read(Consumer consumer) throws IOException {
        try (KafkaConsumer<byte[], byte[]> kafka = consumer(client)) {
            return read(kafka, consumer);
        } catch (KafkaException e) { // records that were deleted meanwhile, for one
            throw unreadable(examples, e);
        }
    }

    private long read(KafkaConsumer<byte[], byte[]> kafka, Consumer consumer) throws IOException {
        long bad = 0;
        Collection<TopicPartition> left = new ArrayList<>(slices.keySet());
        left.removeIf(p -> slices.get(p).from() == slices.get(p).to());
        kafka.assign(left);
        left.forEach(p -> kafka.seek(p, slices.get(p).from()));
        Progress progress = new Progress(patience(client));
        while (!left.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(POLL)) {
                TopicPartition p = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < slices.get(p).to()) {
                    bad += read(record, consumer) ? 0 : 1;
                }
            }
            if (bad > mostBad) {
                throw new IOException(
                        "%d records of %s could not be read; --max-bad-files says how many may not"
                                .formatted(bad, examples));
            }
            // the end of a transaction takes an offset too, so positions tell and not records
            progress.require(left.stream().mapToLong(kafka::position).sum(), examples);
            if (left.removeIf(p -> kafka.position(p) >= slices.get(p).to())) {
                kafka.assign(left); // positions of those that stay are kept
            }
        }
        return bad;
    }

    /** What the client itself waits for an answer. */
    private static Duration patience(Properties client) {
        Object given = client.get(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
        return given == null ? PATIENCE : Duration.ofMillis(Long.parseLong(given.toString()));
    }

    /** A client polls brokers that are gone for ever, without a word. */
    private static final class Progress {
        private final Duration patience;
        private long positions = -1;
        private long since;

        Progress(Duration patience) {
            this.patience = patience;
        }

        void require(long now, String topic) throws IOException {
            if (now != positions) {
                positions = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > patience.toNanos()) {
                throw new IOException(
                        "topic %s gave nothing for %d s: is Kafka there?"
                                .formatted(topic, patience.toSeconds()));
            }
        }
    }

    private boolean read(ConsumerRecord<byte[], byte[]> record, Consumer consumer)
            throws IOException {
        try {
            if (record.topic().equals(examples)) {
                consumer.example(example.decode(record.value()));
            } else {
                consumer.correction(correction.decode(record.value()));
            }
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private static String name(TopicPartition p, Slice slice) {
        return "%s/%d [%d, %d)".formatted(p.topic(), p.partition(), slice.from(), slice.to());
    }

    @Override
    public List<Manifest.Source> sources() {
        return slices.entrySet().stream()
                .map(e -> new Manifest.Source(name(e.getKey(), e.getValue()), 0, ""))
                .toList();
    }
}
