package io.dienstream.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long, as {@code 500ms}, {@code 30s}, {@code 10m} or {@code 10min}, {@code 24h} or {@code 7d}:
 * every option of the type {@link Duration} is given so. Of a number without a unit nobody can say
 * what it counts, so it is refused.
 */
final class DurationText implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(ms|s|m|min|h|d)");

    /** A hundred years, as for options of a job; their nanoseconds fit a {@code long}. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no time with its unit, such as 500ms, 30s, 10m, 24h or 7d");
        }
        Duration one =
                switch (form.group(2)) {
                    case "ms" -> Duration.ofMillis(1);
                    case "s" -> Duration.ofSeconds(1);
                    case "h" -> Duration.ofHours(1);
                    case "d" -> Duration.ofDays(1);
                    default -> Duration.ofMinutes(1);
                };
        long many = Long.parseLong(form.group(1));
        if (many > LONGEST.toMillis() / one.toMillis()) {
            throw new TypeConversionException(
                    "'" + text + "' is longer than " + LONGEST.toDays() + "d");
        }
        return one.multipliedBy(many);
    }
}
