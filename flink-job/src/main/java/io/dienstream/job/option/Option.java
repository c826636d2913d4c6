package io.dienstream.job.option;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * One line of the options table: key, type, default, description and validation in one place.
 *
 * @param key dotted, lower case
 * @param defaultText the default as a user would write it, or null where a value is required
 * @param allowed what values are allowed, for people
 * @param parser throws {@link IllegalArgumentException} on a value that is not allowed
 * @param <T> the value's type
 */
public record Option<T>(
        String key,
        String defaultText,
        String allowed,
        String description,
        Function<String, T> parser) {
    private static final Duration YEARS = Duration.ofDays(36_500);
    private static final String ANY_DURATION =
            "a duration with its unit, such as 200ms, 30s, 1h or 2d";

    static Option<String> text(String key, String defaultText, String description) {
        return new Option<>(key, defaultText, "any text", description, Parsers.text());
    }

    static Option<Boolean> bool(String key, boolean defaultValue, String description) {
        return new Option<>(
                key, Boolean.toString(defaultValue), "true or false", description, Parsers.bool());
    }

    static Option<Duration> duration(String key, String defaultText, String description) {
        return new Option<>(
                key,
                defaultText,
                ANY_DURATION,
                description,
                Parsers.duration(Duration.ZERO, YEARS));
    }

    static Option<Integer> integer(
            String key, int defaultValue, int least, int most, String description) {
        return new Option<>(
                key,
                Integer.toString(defaultValue),
                "a whole number from " + least + " to " + most,
                description,
                Parsers.integer(least, most));
    }

    static <E extends Enum<E>> Option<E> choice(String key, E defaultValue, String description) {
        Class<E> type = defaultValue.getDeclaringClass();
        String allowed =
                String.join(
                        " or ", Arrays.stream(type.getEnumConstants()).map(Parsers::key).toList());
        return new Option<>(
                key, Parsers.key(defaultValue), allowed, description, Parsers.choice(type));
    }

    /** The same with another default, where another job has this option too. */
    Option<T> withDefault(String text) {
        return new Option<>(key, text, allowed, description, parser);
    }

    /** Likewise, which says something else of that job. */
    Option<T> withDefault(String text, String says) {
        return new Option<>(key, text, allowed, says, parser);
    }

    /** The environment variable that sets this option. */
    public String environmentName() {
        return "DIEN_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * @throws OptionException naming the option, the value and what is allowed
     */
    T parse(String text, String source) {
        try {
            return parser.apply(text.trim());
        } catch (RuntimeException e) {
            throw new OptionException(
                    "option %s = '%s' (from %s) is not allowed: expected %s"
                            .formatted(key, OptionSources.shown(key, text), source, allowed),
                    e);
        }
    }
}
