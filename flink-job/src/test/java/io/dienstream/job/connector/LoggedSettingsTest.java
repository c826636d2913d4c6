package io.dienstream.job.connector;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggedSettingsTest {
    private static final String ENDPOINT = "sasl.oauthbearer.token.endpoint.url";

    private static Properties client(String key, String value) {
        Properties client = new Properties();
        client.setProperty(key, value);
        return client;
    }

    @ParameterizedTest
    @CsvSource({
        ENDPOINT + ",https://u:hunter2@idp/token",
        ENDPOINT + ",https://u:hunt/er2@idp/token",
        "sasl.oauthbearer.jwks.endpoint.url,https://hunter2@idp/keys"
    })
    void credentialsInAUrlAreRefusedWithoutRepeatingThem(String key, String value) {
        assertThatThrownBy(() -> LoggedSettings.refuseCredentials(client(key, value)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(key)
                .hasMessageNotContaining("hunt");
    }

    @ParameterizedTest
    @CsvSource({
        ENDPOINT + ",https://idp/token?scope=a",
        "sasl.jaas.config,'M required url=\"https://u:p@idp\";'",
        "client.id,somebody@somewhere",
        "interceptor.of.ours,https://u:p@idp"
    })
    void whatIsHiddenOrNotLoggedIsTaken(String key, String value) throws IOException {
        LoggedSettings.refuseCredentials(client(key, value));
    }

    /** Before any client is made: nothing listens at the address. */
    @Test
    void theJobRefusesThemBeforeItAsksTheBrokers() {
        JobOptions options =
                JobOptions.of(
                        Map.of(
                                "kafka.bootstrap-servers",
                                "localhost:1",
                                "model.path",
                                "m",
                                "kafka.properties." + ENDPOINT,
                                "https://u:hunter2@idp/token"));
        assertThatThrownBy(() -> KafkaCheck.check(options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds a user in its URL")
                .hasMessageNotContaining("hunter2");
    }
}
