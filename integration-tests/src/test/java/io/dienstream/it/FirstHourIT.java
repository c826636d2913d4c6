package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.job.option.JobOptions;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.sandbox.broker.BrokerFiles;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/start/your-kafka.md without a Kafka: broker and job in terminals of their own. */
class FirstHourIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir private Path directory;

    private Path file(String... lines) throws Exception {
        Path file = Files.createTempFile(directory, "lines", ".jsonl");
        return Files.write(file, List.of(lines), StandardCharsets.UTF_8);
    }

    private CommandProcess broker(int port) throws Exception {
        CommandProcess broker =
                new CommandProcess(
                        directory,
                        "broker",
                        "--port=" + port,
                        "--directory=" + directory.resolve("broker"));
        CommandProcess.await(
                "a broker", () -> broker.alive() && broker.output().contains("In other terminals"));
        return broker;
    }

    @Test
    void aClickChangesTheNextAnswerAndTheBrokerKeepsWhatItHas() throws Exception {
        int port = BrokerFiles.freePort();
        String servers = "localhost:" + port;
        String request =
                "{\"user_id\": \"u1\", \"candidates\": [{\"ad_id\": \"a1\", \"item\": \"i9\", \"category\": \"c0\"},"
                        + " {\"ad_id\": \"a2\", \"item\": \"i40\", \"category\": \"c1\"}]}";
        String click = "{\"user_id\": \"u1\", \"item\": \"i339\", \"category\": \"c8\"}";
        try (CommandProcess broker = broker(port);
                CommandProcess job =
                        new CommandProcess(
                                directory,
                                "job",
                                "--kafka.bootstrap-servers=" + servers,
                                "--model.path=" + DemoModel.extract(),
                                "--" + JobOptions.WARM_UP.key() + "=0s",
                                "--checkpoint.directory=" + directory.resolve("state").toUri())) {
            CommandRun cold = send(servers, "--json", "--timeout", 120, file(request));
            assertThat(cold.exitCode()).as(cold.err() + job.output()).isZero();
            JsonNode first = MAPPER.readTree(cold.out());
            assertThat(first.get("sequence_length").asInt()).isZero();
            assertThat(first.get("flags").get(0).asText()).isEqualTo("COLD_USER");

            assertThat(send(servers, file(click)).out()).startsWith("sent behavior ");
            // topics have no order between them: the answer that saw the click is waited for
            CommandProcess.await(
                    "an answer that saw the click",
                    () -> sequenceLength(send(servers, "--json", file(request))) == 1);
            CommandRun table = send(servers, file(request));
            assertThat(table.out()).contains("dien-demo 1 saw 1 behavior,").contains("  1  a");
            assertThat(job.output())
                    .contains("dien: model ")
                    .contains("dien: web UI       http://127.0.0.1:");

            CommandRun refused =
                    send(servers, file("{\"user_id\": \"u1\", \"candidates\": []}", "no json"));
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("was refused: no_candidates")
                    .contains("line 2 is not JSON");

            assertThat(job.terminate()).isEqualTo(143);
            assertThat(job.output()).contains("--job.start-from=latest");
            assertThat(broker.terminate()).isEqualTo(143);
        }
        try (CommandProcess again = broker(port)) {
            assertThat(again.output()).contains("of before, goes on");
            CommandRun behaviors = watch(servers, "behaviors", 1);
            JsonNode kept = MAPPER.readTree(behaviors.out()).get("record");
            assertThat(kept.get("fields").get("item").asText()).isEqualTo("i339");
            assertThat(watch(servers, "scores", 1).out()).contains("\"topic\":\"scores\"");

            CommandRun nobody =
                    CommandRun.of(
                            "send",
                            "--bootstrap-servers",
                            servers,
                            "--timeout",
                            "0.5",
                            file(request));
            assertThat(nobody.exitCode()).isEqualTo(1);
            assertThat(nobody.err()).contains("not answered within 0.5 s: is the job running");
        }
    }

    private static CommandRun send(String servers, Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "send";
        all[1] = "--bootstrap-servers";
        all[2] = servers;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandRun.of(all);
    }

    private static int sequenceLength(CommandRun run) throws Exception {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return MAPPER.readTree(run.out()).get("sequence_length").asInt();
    }

    private static CommandRun watch(String servers, String what, int limit) {
        return CommandRun.of(
                "watch",
                "--bootstrap-servers",
                servers,
                "--json",
                "--from-beginning",
                "--user",
                "u1",
                "--limit",
                limit,
                what);
    }

    /** They would make topics without the bounds of topics create, or wait for them. */
    @Test
    void aKafkaWithoutTheTopicsIsSaidAndGetsNone() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            String servers = broker.bootstrapServers();
            CommandRun send = send(servers, file("{\"user_id\": \"u1\", \"item\": \"i9\"}"));
            assertThat(send.exitCode()).isEqualTo(1);
            assertThat(send.err()).contains("has no topic 'behaviors'").doesNotContain("\tat ");
            CommandRun watch = watch(servers, "scores", 1);
            assertThat(watch.exitCode()).isEqualTo(1);
            assertThat(watch.err()).contains("has no topic 'scores'").doesNotContain("\tat ");
        }
    }

    @Test
    void twoBrokersDoNotShareAPortOrADirectory() throws Exception {
        int port = BrokerFiles.freePort();
        try (CommandProcess broker = broker(port)) {
            assertThat(broker.alive()).isTrue();
            CommandRun samePort =
                    CommandRun.of(
                            "broker", "--port", port, "--directory", directory.resolve("other"));
            assertThat(samePort.exitCode()).isEqualTo(1);
            assertThat(samePort.err()).contains("port " + port + " is taken");
            CommandRun sameDirectory =
                    CommandRun.of(
                            "broker",
                            "--port",
                            BrokerFiles.freePort(),
                            "--directory",
                            directory.resolve("broker"));
            assertThat(sameDirectory.exitCode()).isEqualTo(1);
            assertThat(sameDirectory.err()).contains("another broker is using");
        }
    }
}
