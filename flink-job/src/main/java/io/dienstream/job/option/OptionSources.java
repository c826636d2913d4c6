package io.dienstream.job.option;

import io.dienstream.dien.file.PropertiesFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Where option values stand before they are checked: arguments and files. */
final class OptionSources {
    /** User and password in a URL; a password may hold any character, also {@code /} and @. */
    private static final Pattern USER_INFO = Pattern.compile("://\\S+@");

    /** A parameter of a URL, or of a list of settings, whose value may be a secret. */
    private static final Pattern PARAMETER =
            Pattern.compile(
                    "(?i)([?&;,\\s][^?&;,=\\s]*(?:key|token|secret|pass|pwd|credential|sig)"
                            + "[^?&;,=\\s]*=)[^&;,\\s]+");

    private OptionSources() {}

    /** {@code --key=value} and {@code --key value}. */
    static Map<String, String> arguments(String[] args) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("--")) {
                throw new OptionException("argument '" + args[i] + "' is no --key=value");
            }
            String key = args[i].substring(2);
            int equals = key.indexOf('=');
            if (equals >= 0) {
                values.put(key.substring(0, equals), key.substring(equals + 1));
            } else if (i + 1 < args.length) {
                values.put(key, args[++i]);
            } else {
                throw new OptionException("option " + key + " has no value");
            }
        }
        return values;
    }

    /** A properties file. */
    static Map<String, String> file(Path file) throws IOException {
        Properties properties;
        try {
            properties = PropertiesFile.read(file);
        } catch (NoSuchFileException e) {
            throw new OptionException("option config = '" + file + "': no such file", e);
        } catch (IOException e) {
            throw new OptionException("option config = '" + file + "': " + e.getMessage(), e);
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(k -> values.put(k, properties.getProperty(k)));
        return values;
    }

    /** {@code value} as it may stand in a log: masked where it is a secret, or holds one. */
    static String shown(String key, String value) {
        if (isSecret(key) || value.contains("PRIVATE KEY")) {
            return "***";
        }
        String withoutUser = USER_INFO.matcher(value).replaceAll("://***@");
        return PARAMETER.matcher(withoutUser).replaceAll("$1***");
    }

    /** Whether the value of {@code key} may be one. */
    private static boolean isSecret(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return lower.contains("pass")
                || lower.contains("pwd")
                || lower.contains("secret")
                || lower.contains("user.info")
                || lower.contains("private")
                || lower.contains("jaas")
                || lower.contains("token")
                || lower.contains("credential")
                || lower.contains("assertion")
                || (lower.startsWith(Settings.KAFKA_PREFIX) && lower.endsWith("key"));
    }
}
