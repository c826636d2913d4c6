package io.dienstream.operate.kafka;

import io.dienstream.dien.file.PropertiesFile;
import io.dienstream.job.connector.LoggedSettings;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** What a user says about the connection to Kafka. */
public final class ClientProperties {
    private ClientProperties() {}

    /**
     * @param file Java properties, where passwords belong; or null
     * @param more single ones, which go before those of the file: not for passwords, since other
     *     users of the machine see command lines
     * @throws IOException where the file cannot be read, or a setting would show credentials in
     *     logs
     */
    public static Properties of(Path file, Map<String, String> more, String bootstrapServers)
            throws IOException {
        Properties client = new Properties();
        if (file != null) {
            try {
                client.putAll(PropertiesFile.read(file));
            } catch (NoSuchFileException e) {
                throw new IOException("--kafka-config: there is no file " + file, e);
            }
        }
        client.putAll(more);
        client.put("bootstrap.servers", bootstrapServers);
        LoggedSettings.refuseCredentials(client);
        return client;
    }
}
