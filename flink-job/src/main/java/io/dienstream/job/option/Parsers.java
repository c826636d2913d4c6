package io.dienstream.job.option;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.apache.flink.util.TimeUtils;

/** Texts to typed values; each refuses with {@link IllegalArgumentException}. */
final class Parsers {
    private Parsers() {}

    static Function<String, String> text() {
        return text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("empty");
            }
            return text;
        };
    }

    static Function<String, Integer> integer(int least, int most) {
        return text -> {
            int value = Integer.parseInt(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        };
    }

    /** At least {@code least} and less than {@code most}. */
    static Function<String, Double> number(double least, double most) {
        return text -> {
            double value = Double.parseDouble(text);
            if (!(value >= least && value < most)) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        };
    }

    /** More than 0 and at most 1. */
    static Function<String, Double> share() {
        return text -> {
            double value = Double.parseDouble(text);
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        };
    }

    static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> {
            if (text.matches("[0-9\\s]*")) {
                throw new IllegalArgumentException("no unit"); // Flink would take milliseconds
            }
            Duration value = TimeUtils.parseDuration(text);
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        };
    }

    /** Of an HTTP server, or nothing; a name without a scheme is a scheme to whoever reads it. */
    static Function<String, String> webAddress() {
        return text -> {
            URI uri = URI.create(text);
            boolean isWeb = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!text.isEmpty() && (!isWeb || uri.getHost() == null)) {
                throw new IllegalArgumentException("no http URL");
            }
            return text;
        };
    }

    static Function<String, Boolean> bool() {
        return text ->
                switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("no boolean");
                };
    }

    static <E extends Enum<E>> Function<String, E> choice(Class<E> type) {
        return text -> {
            for (E choice : type.getEnumConstants()) {
                if (key(choice).equals(text)) {
                    return choice;
                }
            }
            throw new IllegalArgumentException("no such choice");
        };
    }

    static String key(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
