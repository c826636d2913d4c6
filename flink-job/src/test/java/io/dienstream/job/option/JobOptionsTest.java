package io.dienstream.job.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobOptionsTest {
    private static final String[] REQUIRED = {
        "--kafka.bootstrap-servers=k:9092", "--model.path", "/models/a"
    };

    @TempDir private Path directory;

    private static JobOptions parse(Map<String, String> environment, String... more)
            throws IOException {
        List<String> args = new ArrayList<>(List.of(REQUIRED));
        args.addAll(List.of(more));
        return JobOptions.parse(args.toArray(new String[0]), environment);
    }

    @Test
    void argumentsWinOverEnvironmentOverFileOverDefault() throws IOException {
        Path file = directory.resolve("job.properties");
        Files.writeString(file, "time.allowed-lateness=3s\nstate.ttl=3d\njob.parallelism=3\n");
        Map<String, String> environment =
                Map.of("DIEN_TIME_ALLOWED_LATENESS", "2s", "DIEN_STATE_TTL", "2d");
        JobOptions options =
                parse(environment, "--options-file", file.toString(), "--time.allowed-lateness=1s");
        assertThat(options.get(JobOptions.ALLOWED_LATENESS)).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.get(JobOptions.STATE_TTL)).isEqualTo(Duration.ofDays(2));
        assertThat(options.get(JobOptions.PARALLELISM)).isEqualTo(3);
        assertThat(options.get(JobOptions.TIME_MODE)).isEqualTo(TimeMode.LATEST);
        assertThat(options.get(JobOptions.MODEL)).isEqualTo("/models/a");
    }

    @ParameterizedTest
    @CsvSource({
        "job.parallelism, -1, a whole number from 0 to 32768",
        "job.parallelism, two, a whole number",
        "time.mode, sometimes, latest or event-time",
        "time.allowed-lateness, -5s, a duration",
        "served.enabled, yes, true or false",
        "state.backend, forst, rocksdb or hashmap",
        "time.earliest, yesterday, an instant",
        "schema-registry.url, registry, a URL such as http://",
        "schema-registry.url, registry:8081, a URL such as http://",
        "schema-registry.url, localhost:8081/apis, a URL such as http://",
        "schema-registry.url, ftp://registry, a URL such as http://",
        "schema-registry.url, http:///subjects, a URL such as http://",
        "schema-registry.url, http://a_host:8081, a URL such as http://",
        "schema-registry.url, http://registry:8081|x, a URL such as http://"
    })
    void aWrongOptionNamesItselfItsValueAndWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> parse(Map.of(), "--" + key + "=" + value))
                .isInstanceOf(OptionException.class)
                .hasMessageContainingAll(key, value, allowed);
    }

    /** Whoever reads the message is not whoever may know the password. */
    @Test
    void aWrongUrlIsToldWithoutItsPassword() {
        assertThatThrownBy(
                        () ->
                                parse(
                                        Map.of(),
                                        "--schema-registry.url=http://me:hunter|2@registry:8081"))
                .isInstanceOf(OptionException.class)
                .hasMessageContainingAll("schema-registry.url", "http://***@registry:8081")
                .hasMessageNotContaining("hunter");
    }

    /** Every option that takes a time, whatever its default; Flink would take milliseconds. */
    static List<String> durations() {
        return Stream.concat(JobOptions.ALL.stream(), LearningOptions.ALL.stream())
                .filter(o -> o.allowed().startsWith("a duration"))
                .map(Option::key)
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("durations")
    void aTimeWithoutAUnitIsRefused(String key) {
        for (Option<?> option :
                Stream.concat(JobOptions.ALL.stream(), LearningOptions.ALL.stream())
                        .filter(o -> o.key().equals(key))
                        .toList()) {
            for (String wrong : List.of("30", "0", " 5 ", "", "-5s", "1.5h", "99999999d", "soon")) {
                assertThatThrownBy(() -> option.parse(wrong, "test"))
                        .as(key + "=" + wrong)
                        .isInstanceOf(OptionException.class)
                        .hasMessageContainingAll(key, "expected a duration");
            }
            assertThat((Object) option.parse("30s", "test")).isEqualTo(Duration.ofSeconds(30));
        }
    }

    @Test
    void thereAreOptionsThatTakeATime() {
        assertThat(durations())
                .contains("checkpoint.interval", "checkpoint.timeout", "labels.wait")
                .hasSizeGreaterThan(15);
    }

    @Test
    void refusesUnknownAndMissingOptions() {
        assertThatThrownBy(() -> parse(Map.of(), "--time.mood=latest"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("time.mood");
        assertThatThrownBy(() -> JobOptions.parse(new String[0], Map.of()))
                .isInstanceOf(OptionException.class)
                .hasMessageContainingAll("kafka.bootstrap-servers", "DIEN_KAFKA_BOOTSTRAP_SERVERS");
        assertThatThrownBy(() -> parse(Map.of(), "--config=/no/such/file"))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("/no/such/file");
    }

    @Test
    void exactlyOnceNeedsCheckpoints() {
        assertThatThrownBy(
                        () ->
                                parse(
                                        Map.of(),
                                        "--delivery.guarantee=exactly-once",
                                        "--checkpoint.interval=0s"))
                .isInstanceOf(OptionException.class)
                .hasMessageContainingAll("delivery.guarantee", "checkpoint.interval");
    }

    @Test
    void handsKafkaPropertiesOnAndNeverPrintsSecrets() throws IOException {
        JobOptions options =
                parse(
                        Map.of(),
                        "--kafka.properties.security.protocol=SASL_SSL",
                        "--kafka.properties.sasl.jaas.config=user=u password=hunter2;",
                        "--kafka.properties.ssl.keystore.password=hunter3",
                        "--kafka.properties.basic.auth.user.info=u:hunter5",
                        "--kafka.properties.ssl.key.passphrase=hunter6",
                        "--kafka.properties.some.pem=-----BEGIN PRIVATE KEY----- hunter7",
                        "--kafka.properties.proxy=http://u:hunter8@proxy:3128",
                        "--kafka.properties.proxy.other=http://u:hunter/9@hunter10@proxy:3129",
                        "--kafka.properties.store=https://s/p?api_key=hunter11&x=1",
                        "--kafka.properties.store.access-key=hunter12",
                        "--kafka.properties.store.pwd=hunter13",
                        "--kafka.properties.sasl.oauthbearer.client.assertion=hunter14",
                        "--kafka.properties.ssl.keystore.key=hunter4");
        assertThat(options.kafkaProperties())
                .containsEntry("bootstrap.servers", "k:9092")
                .containsEntry("ssl.keystore.password", "hunter3");
        assertThat(options.toString())
                .contains("SASL_SSL", "http://***@proxy:3128", "http://***@proxy:3129")
                .contains("https://s/p?api_key=***&x=1")
                .doesNotContain("hunter");
    }

    @Test
    void everyOptionHasADistinctKeyAndAValidDefault() {
        assertThat(JobOptions.ALL).extracting(Option::key).doesNotHaveDuplicates();
        assertThat(JobOptions.ALL).extracting(Option::description).doesNotContain("");
        JobOptions defaults =
                JobOptions.of(Map.of("kafka.bootstrap-servers", "k:1", "model.path", "m"));
        JobOptions.ALL.forEach(option -> assertThat((Object) defaults.get(option)).isNotNull());
    }
}
