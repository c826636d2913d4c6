package io.dienstream.job.option;

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
                            .formatted(key, text, source, allowed),
                    e);
        }
    }
}
