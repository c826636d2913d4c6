package io.dienstream.datasets.served;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How long, as {@code 500ms}, {@code 30s}, {@code 10m}, {@code 24h} or {@code 1d}. */
public final class Wait implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|min|h|d)");

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new TypeConversionException("'" + text + "' is no time as 30s, 10m, 24h or 1d");
        }
        long many = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(many);
            case "s" -> Duration.ofSeconds(many);
            case "h" -> Duration.ofHours(many);
            case "d" -> Duration.ofDays(many);
            default -> Duration.ofMinutes(many);
        };
    }
}
