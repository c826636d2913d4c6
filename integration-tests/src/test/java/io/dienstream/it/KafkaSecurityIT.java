package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.job.JobStart;
import io.dienstream.job.connector.KafkaCheck;
import io.dienstream.job.learning.LearningJob;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.AnswerLog;
import io.dienstream.sandbox.LocalFlink;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job against a broker with TLS, SCRAM and ACLs, with the options and the user that the
 * Kubernetes manifests carry: what it may do suffices, what is refused is said at once and clearly,
 * and no secret shows anywhere.
 */
class KafkaSecurityIT {
    private static final Path K8S = Path.of("../k8s");
    private static final String USER = "dien-stream";
    private static final String PASSWORD = "correct-horse-battery-staple";
    private static final String TIMEOUT = "15s";
    private static final int REQUESTS = 40;

    @TempDir private static Path directory;
    private static SecureBroker broker;
    private static List<AclBinding> acls;
    private static final StringWriter LOG = new StringWriter();

    @BeforeAll
    static void start() throws Exception {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        WriterAppender appender =
                WriterAppender.createAppender(
                        PatternLayout.newBuilder().setPattern("%p %c %m%n%throwable").build(),
                        null,
                        LOG,
                        "captured",
                        false,
                        true);
        appender.start();
        LoggerConfig root = context.getConfiguration().getRootLogger();
        List.copyOf(root.getAppenders().keySet()).forEach(root::removeAppender);
        root.addAppender(appender, Level.DEBUG, null);
        Configurator.setRootLevel(Level.INFO);
        Configurator.setLevel("org.apache.kafka.clients.consumer", Level.DEBUG);
        broker = new SecureBroker(directory);
        broker.user(USER, PASSWORD);
        acls = SecureBroker.acls(K8S.resolve("kafka/users.yaml"), USER);
        broker.allow(acls);
        // as Strimzi and Kubernetes mount them
        Path secrets = Files.createDirectories(directory.resolve("etc/kafka-user"));
        Files.writeString(secrets.resolve("sasl.jaas.config"), jaas(USER, PASSWORD));
        Path ca = Files.createDirectories(directory.resolve("etc/kafka-ca"));
        Files.copy(broker.certificates.authority(), ca.resolve("ca.crt"));
    }

    @AfterAll
    static void stop() {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        context.reconfigure();
        broker.close();
    }

    private static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\""
                        .formatted(user)
                + " password=\"%s\";".formatted(password);
    }

    /** k8s/base/options.properties with this machine's paths and address. */
    private static Map<String, String> manifest(int port) throws IOException {
        return manifest("base/options.properties", port);
    }

    private static Map<String, String> manifest(String name, int port) throws IOException {
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(K8S.resolve(name))) {
            file.load(reader);
        }
        Map<String, String> options = new HashMap<>();
        String etc = directory.resolve("etc").toString();
        file.stringPropertyNames()
                .forEach(k -> options.put(k, file.getProperty(k).replace("/etc/dien-stream", etc)));
        options.put(JobOptions.BOOTSTRAP_SERVERS.key(), "localhost:" + port);
        options.put(JobOptions.KAFKA_TIMEOUT.key(), TIMEOUT);
        return options;
    }

    /** The same with a user whose password stands in the options themselves. */
    private static Map<String, String> inline(int port, String user, String password)
            throws IOException {
        Map<String, String> options = manifest(port);
        options.put("kafka.properties.sasl.jaas.config", jaas(user, password));
        return options;
    }

    @Test
    void theManifestsUserRunsTheJobAndNoSecretShows() throws Exception {
        Map<String, String> options = manifest(broker.port);
        options.put(JobOptions.MODEL.key(), Dataset.simulated(directory).model().toString());
        options.put(JobOptions.PARALLELISM.key(), "1");
        options.put(JobOptions.WARM_UP.key(), "0s");
        options.put(JobOptions.DELIVERY.key(), "exactly-once");
        options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "500ms");
        // as the manifest's transactions ask for, where they are used
        options.put(JobOptions.CHECKPOINT_TIMEOUT.key(), "1min");
        options.put(
                JobOptions.CHECKPOINT_DIRECTORY.key(),
                directory.resolve("checkpoints").toUri().toString());
        JobOptions parsed = JobOptions.of(options);
        KafkaCheck.check(parsed);
        AnswerLog answers = new AnswerLog(JobOptions.SCORES.defaultText());
        int metrics = BrokerFiles.freePort();
        try (LocalFlink flink = LocalFlink.start(1, LocalFlink.prometheus(metrics));
                TopicTail tail =
                        new TopicTail(broker.client(), List.of(JobOptions.SCORES.defaultText()))) {
            JobID job = flink.submit(parsed, null);
            send();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (answers.size() < REQUESTS && System.nanoTime() < deadline) {
                tail.poll(Duration.ofMillis(50), answers::accept);
                assertThat(flink.ended(job, Duration.ofMillis(1))).isFalse();
            }
            assertThat(answers.size()).isEqualTo(REQUESTS);
            for (String path :
                    List.of("/config", "/jobmanager/config", "/jobs/" + job + "/config")) {
                assertNoSecret(get(flink.webUi().resolve(path)));
            }
            assertNoSecret(get(flink.webUi().resolve("/jobs/" + job)));
            assertNoSecret(get(URI.create("http://localhost:" + metrics + "/metrics")));
            flink.cancel(job);
        }
        KafkaCheck.check(JobOptions.of(inlineWithModel(PASSWORD)));
        assertThat(JobOptions.of(inlineWithModel(PASSWORD)).toString()).contains("jaas.config=***");
        assertThat(LOG.toString())
                .contains("sasl.jaas.config = [hidden]")
                .contains("INFO org.apache.flink.connector.kafka");
        assertNoSecret(LOG.toString());
        assertThat(LOG.toString().lines().filter(KafkaSecurityIT::namesAUser)).isEmpty();
    }

    private static Map<String, String> inlineWithModel(String password) throws IOException {
        Map<String, String> options = inline(broker.port, USER, password);
        options.put(JobOptions.MODEL.key(), "model");
        return options;
    }

    private static void send() {
        Simulator simulator = new Simulator(1, 10);
        try (LogPlayer player =
                new LogPlayer(
                        broker.client(),
                        JobOptions.BEHAVIORS.defaultText(),
                        JobOptions.REQUESTS.defaultText(),
                        1)) {
            for (int n = 0; n < REQUESTS; n++) {
                player.send(simulator.behavior(System.currentTimeMillis()));
                player.send(simulator.request(System.currentTimeMillis(), 3).request());
            }
            player.flush();
        }
    }

    /** Ids of users are for DEBUG alone; those of the simulator are u0, u1, ... */
    private static boolean namesAUser(String line) {
        return !line.startsWith("DEBUG") && line.matches(".*\\bu[0-9]+\\b.*");
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(uri).build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
        return response.body();
    }

    private static void assertNoSecret(String text) {
        assertThat(text).isNotEmpty();
        for (String secret : List.of(PASSWORD, broker.certificates.password(), "wrong-password")) {
            assertThat(text.contains(secret)).as("a secret shows").isFalse();
        }
    }

    @Test
    void aWrongPasswordIsSaidAtOnce() throws Exception {
        JobOptions options = JobOptions.of(inlineWithModel("wrong-password"));
        long start = System.nanoTime();
        assertThatThrownBy(() -> KafkaCheck.check(options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("refused the user")
                .hasMessageContaining("sasl.jaas.config")
                .hasMessageNotContaining("wrong-password");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(parse(TIMEOUT));
        assertNoSecret(LOG.toString());
    }

    @Test
    void whatIsNotAllowedIsNamed() throws Exception {
        broker.user("nobody", "nobodys-password");
        Map<String, String> options = inline(broker.port, "nobody", "nobodys-password");
        options.put(JobOptions.MODEL.key(), "model");
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(options)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not allow the job's user")
                .hasMessageContaining("DESCRIBE on topic behaviors")
                .hasMessageContaining("READ on group dien-stream");
        // all of the job's rights but one
        broker.user("mute", "mutes-password");
        broker.allow(
                SecureBroker.acls(K8S.resolve("kafka/users.yaml"), "mute").stream()
                        .filter(
                                a ->
                                        !a.pattern().name().equals("scores")
                                                || !a.entry().operation().name().equals("WRITE"))
                        .toList());
        Map<String, String> mute = inline(broker.port, "mute", "mutes-password");
        mute.put(JobOptions.MODEL.key(), "model");
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(mute)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not allow the job's user: WRITE on topic scores; add");
        // exactly-once asks who has transactions open
        broker.user("once", "onces-password");
        broker.allow(
                SecureBroker.acls(K8S.resolve("kafka/users.yaml"), "once").stream()
                        .filter(
                                a ->
                                        !a.pattern().name().equals("served")
                                                || !a.entry().operation().name().equals("READ"))
                        .toList());
        Map<String, String> once = inline(broker.port, "once", "onces-password");
        once.put(JobOptions.MODEL.key(), "model");
        KafkaCheck.check(JobOptions.of(once));
        once.put(JobOptions.DELIVERY.key(), "exactly-once");
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(once)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not allow the job's user: READ on topic served; add");
    }

    /**
     * What the learning job asks of Kafka before its start, its user may; one right less is named.
     */
    @Test
    void theLearningJobsUserMayDoWhatItDoes() throws Exception {
        List<AclBinding> rights =
                SecureBroker.acls(K8S.resolve("learning/kafka/users.yaml"), "dien-learning");
        broker.user("dien-learning", "learnings-password");
        broker.allow(rights);
        LearningOptions options = learning("dien-learning", "learnings-password");
        LearningJob.check(options);
        StreamExecutionEnvironment env = JobStart.environment(options, "t", new Configuration());
        LearningJob.build(env, options);
        assertThat(env.getStreamGraph().getStreamNodes()).isNotEmpty();

        broker.user("half", "halfs-password");
        broker.allow(
                SecureBroker.acls(K8S.resolve("learning/kafka/users.yaml"), "half").stream()
                        .filter(a -> !a.pattern().name().equals("model-quality"))
                        .toList());
        LearningOptions half = learning("half", "halfs-password");
        assertThatThrownBy(() -> LearningJob.check(half))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not allow the job's user")
                .hasMessageContaining("model-quality");
    }

    private static LearningOptions learning(String user, String password) throws IOException {
        Map<String, String> options = manifest("learning/options.properties", broker.port);
        options.put("kafka.properties.sasl.jaas.config", jaas(user, password));
        options.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
        options.put(JobOptions.DELIVERY.key(), "exactly-once");
        options.put(JobOptions.CHECKPOINT_TIMEOUT.key(), "1min");
        options.put(
                JobOptions.CHECKPOINT_DIRECTORY.key(),
                directory.resolve("learning").toUri().toString());
        return LearningOptions.of(options);
    }

    /** Kafka's own properties, no code of ours: a token whose subject is the manifests' user. */
    @Test
    void oauthBearerPassesThrough() throws Exception {
        Map<String, String> options = manifest(broker.oauthPort);
        options.put(JobOptions.MODEL.key(), "model");
        options.put("kafka.properties.sasl.mechanism", "OAUTHBEARER");
        options.put("kafka.properties.sasl.jaas.config", token(USER));
        assertThatCode(() -> KafkaCheck.check(JobOptions.of(options))).doesNotThrowAnyException();
        options.put("kafka.properties.sasl.jaas.config", token("somebody"));
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(options)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not allow the job's user");
    }

    private static String token(String subject) {
        return "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
                + " unsecuredLoginStringClaim_sub=\"%s\";".formatted(subject);
    }

    @Test
    void anExpiredCertificateIsSaidAtOnce() throws Exception {
        Map<String, String> options = inline(broker.expiredPort, USER, PASSWORD);
        options.put(JobOptions.MODEL.key(), "model");
        // trusted, but no longer valid
        options.put(
                "kafka.properties.ssl.truststore.location",
                directory.resolve("expired-ca.pem").toString());
        long start = System.nanoTime();
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(options)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no TLS with Kafka")
                .hasMessageContaining("NotAfter");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(parse(TIMEOUT));
    }

    @Test
    void anUnknownCertificateIsNotTrusted() throws Exception {
        Map<String, String> options = inline(broker.port, USER, PASSWORD);
        options.put(JobOptions.MODEL.key(), "model");
        options.put(
                "kafka.properties.ssl.truststore.location",
                directory.resolve("expired-ca.pem").toString());
        assertThatThrownBy(() -> KafkaCheck.check(JobOptions.of(options)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no TLS with Kafka");
        assertThatCode(() -> KafkaCheck.check(JobOptions.of(inlineWithModel(PASSWORD))))
                .doesNotThrowAnyException();
    }

    /** On a command line every user of the machine could read the password. */
    @Test
    void commandsTakeTheirPasswordsFromAFile() throws Exception {
        Path config = directory.resolve("client.properties");
        try (Writer writer = Files.newBufferedWriter(config)) {
            JobOptions.of(inlineWithModel(PASSWORD)).kafkaProperties().store(writer, null);
        }
        String servers = "localhost:" + broker.port;
        CommandRun list =
                CommandRun.of(
                        "dlq", "list", "--bootstrap-servers", servers, "--kafka-config", config);
        assertThat(list.exitCode()).as(list.err()).isZero();
        // a single property goes before the file's
        CommandRun wrong =
                CommandRun.of(
                        "dlq",
                        "list",
                        "--bootstrap-servers",
                        servers,
                        "--kafka-config",
                        config,
                        "--kafka-property",
                        "sasl.jaas.config=" + jaas(USER, "wrong-password"));
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("refused the user");
        assertNoSecret(wrong.err());
        CommandRun missing =
                CommandRun.of(
                        "dlq",
                        "list",
                        "--bootstrap-servers",
                        servers,
                        "--kafka-config",
                        directory.resolve("no.properties"));
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("--kafka-config: there is no file", "no.properties");
    }

    private static Duration parse(String seconds) {
        return Duration.parse("PT" + seconds);
    }
}
