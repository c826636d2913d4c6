package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.util.Properties;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** Logs of the containers are JSON, one object a line, whatever the message holds. */
class LogFormatTest {
    private static Properties compose() throws IOException {
        return parse(Files.readString(Manifests.ROOT.resolve("compose/log4j-console.properties")));
    }

    private static Properties parse(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    @EveryDeployment
    void kubernetesHasTheSame(String overlay) throws IOException {
        JsonNode spec = Manifests.rendered(overlay).one("FlinkDeployment").get("spec");
        String carried = spec.at("/logConfiguration").get("log4j-console.properties").asText();
        assertThat(parse(carried)).isEqualTo(compose());
    }

    @Test
    void aLineIsAnObjectWhateverTheMessage() throws IOException {
        PatternLayout layout =
                PatternLayout.newBuilder()
                        .setPattern(compose().getProperty("appender.console.layout.pattern"))
                        .setAlwaysWriteExceptions(false)
                        .build();
        String message = "a \"quoted\" name\nanother line \\ {tab\t}";
        String line =
                layout.toSerializable(
                        Log4jLogEvent.newBuilder()
                                .setLoggerName("io.dienstream.job.AdScoringJob")
                                .setLevel(Level.WARN)
                                .setThreadName("main \"1\"")
                                .setMessage(new SimpleMessage(message))
                                .setThrown(new IOException("no \"file\""))
                                .setTimeMillis(1_000)
                                .build());
        assertThat(line).endsWith("\n");
        assertThat(line.strip().lines()).hasSize(1);
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("message").asText()).isEqualTo(message);
        assertThat(json.get("level").asText()).isEqualTo("WARN");
        assertThat(json.get("logger").asText()).isEqualTo("io.dienstream.job.AdScoringJob");
        assertThat(json.get("thread").asText()).isEqualTo("main \"1\"");
        assertThat(json.get("error").asText()).contains("java.io.IOException: no \"file\"");
        assertThat(json.get("time").asText()).startsWith("1970-01-0");
    }
}
