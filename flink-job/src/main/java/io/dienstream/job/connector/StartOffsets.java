package io.dienstream.job.connector;

import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.file.PropertiesFile;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.OptionException;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;

/**
 * Offsets from which a job without checkpoints reads: properties, {@code TOPIC-PARTITION=OFFSET}.
 */
public final class StartOffsets {
    private StartOffsets() {}

    /**
     * Those of {@code topic} in the file of {@code kafka.start-offsets}; none without such a file.
     *
     * @throws OptionException naming the file, and the line that is no offset
     */
    public static Map<TopicPartition, Long> of(Settings options, String topic) {
        String file = options.get(JobOptions.START_OFFSETS);
        return file.isEmpty() ? Map.of() : read(Path.of(file), topic);
    }

    /**
     * Those of {@code topic} in {@code file}.
     *
     * @throws OptionException naming the file, and the line that is no offset
     */
    public static Map<TopicPartition, Long> read(Path file, String topic) {
        Properties properties;
        try {
            properties = PropertiesFile.read(file);
        } catch (NoSuchFileException e) {
            throw new OptionException("file of offsets " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new OptionException("file of offsets " + e.getMessage(), e);
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (String partition : properties.stringPropertyNames()) {
            int dash = partition.lastIndexOf('-');
            if (dash > 0 && partition.substring(0, dash).equals(topic)) {
                put(file, partition, properties.getProperty(partition), dash, offsets);
            }
        }
        return offsets;
    }

    private static void put(
            Path file,
            String partition,
            String offset,
            int dash,
            Map<TopicPartition, Long> offsets) {
        try {
            offsets.put(
                    new TopicPartition(
                            partition.substring(0, dash),
                            Integer.parseInt(partition.substring(dash + 1))),
                    Long.parseLong(offset.strip()));
        } catch (NumberFormatException e) {
            throw new OptionException(
                    "file of offsets %s: %s = %s is no TOPIC-PARTITION=OFFSET"
                            .formatted(file, partition, offset),
                    e);
        }
    }

    /** Writes what {@link #of} reads. */
    public static void write(Path file, Map<TopicPartition, Long> offsets) throws IOException {
        Properties properties = new Properties();
        offsets.forEach((p, offset) -> properties.setProperty(p.toString(), offset.toString()));
        try (Writer writer = NamedOutput.writer(file)) {
            properties.store(writer, "for kafka.start-offsets of the job");
        }
    }
}
