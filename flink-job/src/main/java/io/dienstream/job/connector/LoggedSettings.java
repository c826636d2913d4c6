package io.dienstream.job.connector;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * What Kafka's clients say of themselves. Each of them writes its settings to the log when it
 * starts, hides those that it knows as passwords, and writes the others as they are.
 */
public final class LoggedSettings {
    /** A user, with a password or without, in a URL. */
    private static final Pattern USER_INFO = Pattern.compile("://\\S+@");

    private static final List<ConfigDef> CLIENTS =
            List.of(
                    AdminClientConfig.configDef(),
                    ConsumerConfig.configDef(),
                    ProducerConfig.configDef());

    private LoggedSettings() {}

    /**
     * @throws IOException where a setting that would be logged holds credentials in a URL; they are
     *     not repeated
     */
    public static void refuseCredentials(Properties client) throws IOException {
        for (Map.Entry<Object, Object> setting : client.entrySet()) {
            String key = String.valueOf(setting.getKey());
            if (isLogged(key) && USER_INFO.matcher(String.valueOf(setting.getValue())).find()) {
                throw new IOException(
                        ("the Kafka client's %s holds a user in its URL, which the client would"
                                        + " write to the log: leave the user out, Kafka does not use"
                                        + " it there")
                                .formatted(key));
            }
        }
    }

    private static boolean isLogged(String key) {
        return CLIENTS.stream()
                .map(known -> known.configKeys().get(key))
                .anyMatch(known -> known != null && known.type != ConfigDef.Type.PASSWORD);
    }
}
