package io.dienstream.job.option;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Values of a job's options, each held against the one table of that job. Values come from
 * arguments ({@code --key=value}), else from the environment ({@code DIEN_KEY}), else from the file
 * that {@code --options-file} (or {@code --config}) names, else from the table's default. {@code
 * kafka.properties.*} is handed to the Kafka clients as it is. Immutable.
 */
public abstract class Settings implements Serializable {
    private static final long serialVersionUID = 1;

    /** Prefix of what is handed to the Kafka clients. */
    public static final String KAFKA_PREFIX = "kafka.properties.";

    private static final String FILE_ARGUMENT = "options-file";

    /** Flink's standalone entry point takes it for an abbreviation of its own --configDir. */
    private static final String CONFIG_ARGUMENT = "config";

    private final TreeMap<String, String> values;

    /**
     * @throws OptionException where a value is missing or not allowed
     */
    Settings(Map<String, String> values, List<Option<?>> table) {
        this.values = new TreeMap<>(values);
        for (Option<?> option : table) {
            parse(option);
        }
        if (get(JobOptions.DELIVERY) == Delivery.EXACTLY_ONCE
                && get(JobOptions.CHECKPOINT_INTERVAL).isZero()) {
            throw new OptionException(
                    "option delivery.guarantee = 'exactly-once' needs checkpoint.interval above 0s:"
                            + " transactions commit with checkpoints");
        }
    }

    /** Every option of the job, in the order of docs/reference/options.md. */
    public abstract List<Option<?>> table();

    /** A job that read what it writes, or wrote two kinds into one topic, would never be right. */
    final void requireDifferentTopics(List<Option<String>> topics) {
        Map<String, String> names = new TreeMap<>();
        for (Option<String> option : topics) {
            String other = names.put(get(option), option.key());
            if (other != null) {
                throw new OptionException(
                        "options %s and %s name the same topic '%s': each needs one of its own"
                                .formatted(other, option.key(), get(option)));
            }
        }
    }

    /** What arguments, environment and file say of the options of {@code table}. */
    static Map<String, String> values(
            String[] args, Map<String, String> environment, List<Option<?>> table)
            throws IOException {
        Map<String, String> arguments = OptionSources.arguments(args);
        TreeMap<String, String> values = new TreeMap<>();
        String alias = arguments.remove(CONFIG_ARGUMENT);
        String file = arguments.getOrDefault(FILE_ARGUMENT, alias);
        arguments.remove(FILE_ARGUMENT);
        if (file != null) {
            OptionSources.file(Path.of(file)).forEach((k, v) -> put(values, k, v, file, table));
        }
        for (Option<?> option : table) {
            String value = environment.get(option.environmentName());
            if (value != null) {
                values.put(option.key(), value);
            }
        }
        arguments.forEach((k, v) -> put(values, k, v, "arguments", table));
        return values;
    }

    /** {@code values}, all of whose keys are in {@code table}. */
    static Map<String, String> values(Map<String, String> values, List<Option<?>> table) {
        TreeMap<String, String> checked = new TreeMap<>();
        values.forEach((k, v) -> put(checked, k, v, "program", table));
        return checked;
    }

    private static void put(
            Map<String, String> values,
            String key,
            String value,
            String source,
            List<Option<?>> table) {
        boolean known =
                key.startsWith(KAFKA_PREFIX) || table.stream().anyMatch(o -> o.key().equals(key));
        if (!known) {
            throw new OptionException(
                    "option "
                            + key
                            + " (from "
                            + source
                            + ") does not exist; see docs/reference/options.md");
        }
        values.put(key, value);
    }

    /** Whether a value was given for {@code option}: its default may then not be changed. */
    public final boolean isSet(Option<?> option) {
        return values.containsKey(option.key());
    }

    /**
     * The value of {@code option}, by the default of this job's own table: two jobs may share a key
     * and not its default. An option that this job does not have has its default.
     *
     * @throws OptionException where the value is missing or not allowed
     */
    @SuppressWarnings("unchecked") // one key has one type in all tables, LearningOptionsTest
    public final <T> T get(Option<T> option) {
        for (Option<?> own : table()) {
            if (own.key().equals(option.key())) {
                return (T) parse(own);
            }
        }
        return parse(option);
    }

    private <T> T parse(Option<T> option) {
        String text = values.getOrDefault(option.key(), option.defaultText());
        if (text == null) {
            throw new OptionException(
                    "option %s is required: %s (%s); set --%s=... or %s"
                            .formatted(
                                    option.key(),
                                    option.description(),
                                    option.allowed(),
                                    option.key(),
                                    option.environmentName()));
        }
        return option.parse(text, values.containsKey(option.key()) ? "settings" : "default");
    }

    /** Properties for the Kafka clients. */
    public final Properties kafkaProperties() {
        Properties properties = new Properties();
        values.forEach(
                (key, value) -> {
                    if (key.startsWith(KAFKA_PREFIX)) {
                        properties.setProperty(key.substring(KAFKA_PREFIX.length()), value);
                    }
                });
        properties.setProperty("bootstrap.servers", get(JobOptions.BOOTSTRAP_SERVERS));
        return properties;
    }

    /** What was set, for logs; every value that may be a secret is masked. */
    @Override
    public final String toString() {
        TreeMap<String, String> shown = new TreeMap<>();
        values.forEach((key, value) -> shown.put(key, OptionSources.shown(key, value)));
        return shown.toString();
    }
}
