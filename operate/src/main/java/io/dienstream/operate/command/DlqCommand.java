package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.terminal.Printable;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.Spelling;
import io.dienstream.datasets.log.TextLines;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.job.record.Reason;
import io.dienstream.operate.deadletter.DeadLetterJson;
import io.dienstream.operate.deadletter.DeadLetterSummary;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.DeadLetter;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien dlq}: what was refused, by reason, and back to its topic when it is repaired. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = "Shows dead letters by reason and sends repaired ones again.",
        subcommands = {DlqCommand.ListLetters.class, DlqCommand.Replay.class})
public final class DlqCommand {
    /** Where dead letters are, and which. */
    static final class Letters {
        /** What takes a letter. */
        @FunctionalInterface
        private interface Taker {
            void accept(DeadLetter letter) throws IOException;
        }

        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Mixin private KafkaMixin kafka;

        @Option(
                names = "--topic",
                defaultValue = "dead-letters",
                description = "Topic of the dead letters; default ${DEFAULT-VALUE}.")
        private String topic;

        @Option(
                names = "--reason",
                paramLabel = "REASON",
                description = "Only these; may be repeated. docs/concepts/semantics.md lists them.")
        private Set<String> reasons = Set.of();

        /**
         * Hands on what the topic holds now.
         *
         * @return how many of its records are no dead letters
         */
        private int read(Taker to) throws IOException, InterruptedException {
            requireReasons();
            Properties client = kafka.client(topic);
            int[] foreign = {0};
            WireDecoder<DeadLetter> decoder = WireDecoder.of(DeadLetter.class);
            try (TopicTail tail = new TopicTail(client, List.of(topic))) {
                tail.drain(
                        record -> {
                            try {
                                DeadLetter letter = decoder.decode(record.value());
                                if (reasons.isEmpty() || reasons.contains(letter.getReason())) {
                                    to.accept(letter);
                                }
                            } catch (WireException e) {
                                foreign[0]++;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return foreign[0];
        }

        private void requireReasons() {
            List<String> known = Arrays.stream(Reason.values()).map(Reason::code).toList();
            for (String reason : reasons) {
                if (!known.contains(reason)) {
                    throw new CommandLine.ParameterException(
                            spec.commandLine(),
                            "--reason: no '%s'%s; there are %s"
                                    .formatted(reason, Spelling.hint(reason, known), known));
                }
            }
        }
    }

    /** {@code dien dlq list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = {
                "Counts dead letters by reason. With --output, writes each as a line of JSON:",
                "repair its \"record\" there and send it again with dlq replay --input."
            })
    static final class ListLetters implements Callable<Integer> {
        @Spec private CommandSpec spec;
        @Mixin private Letters letters;

        @Option(names = "--output", paramLabel = "FILE", description = "Every letter, JSONL.")
        private Path output;

        @Option(names = "--json", description = "The counts as JSON on standard output.")
        private boolean json;

        @Override
        public Integer call() throws Exception {
            DeadLetterSummary summary = new DeadLetterSummary();
            DeadLetterJson lines = new DeadLetterJson();
            int foreign;
            if (output == null) {
                foreign = letters.read(summary::add);
            } else {
                try (CompleteFile file = CompleteFile.create(output)) {
                    foreign =
                            letters.read(
                                    letter -> {
                                        summary.add(letter);
                                        String text = lines.line(letter).toString();
                                        file.writer().write(Printable.lines(text) + "\n");
                                    });
                    file.complete();
                }
            }
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(new ObjectMapper().writeValueAsString(summary.reasons()));
            } else {
                print(summary, out);
            }
            if (foreign > 0) {
                spec.commandLine()
                        .getErr()
                        .printf("%,d records of the topic are no dead letters%n", foreign);
            }
            return 0;
        }

        private static void print(DeadLetterSummary summary, PrintWriter out) {
            if (summary.reasons().isEmpty()) {
                out.println("no dead letters");
            }
            summary.reasons()
                    .forEach(
                            (reason, entry) ->
                                    out.printf(
                                            "%-20s %,8d  %s to %s  from %s%n    %s%n",
                                            reason,
                                            entry.count(),
                                            Instant.ofEpochMilli(entry.first()),
                                            Instant.ofEpochMilli(entry.last()),
                                            entry.topics(),
                                            entry.example()));
        }
    }

    /** {@code dien dlq replay}. */
    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = {
                "Sends dead letters to the topics that they came from: the repaired lines of",
                "--input, or all of --reason as they are (after a fix of the job or its options)."
            })
    static final class Replay implements Callable<Integer> {
        @Spec private CommandSpec spec;
        @Mixin private Letters letters;

        @Option(names = "--input", paramLabel = "FILE", description = "Lines of dlq list --output.")
        private Path input;

        @Option(names = "--dry-run", description = "Says what would be sent.")
        private boolean dryRun;

        @Override
        public Integer call() throws Exception {
            if ((input == null) == letters.reasons.isEmpty()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "either --input or --reason says what is sent again");
            }
            BadLines bad = new BadLines(spec.commandLine().getErr());
            List<DeadLetterJson.Resend> resends = new ArrayList<>();
            DeadLetterJson json = new DeadLetterJson();
            if (input == null) {
                List<String> lines = new ArrayList<>();
                letters.read(letter -> lines.add(json.line(letter).toString()));
                for (String line : lines) {
                    resends.add(json.resend(line));
                }
            } else {
                TextLines.forEach(
                        input,
                        bad::refuse,
                        (line, number) -> {
                            try {
                                resends.add(json.resend(line));
                            } catch (IOException e) {
                                bad.refuse(input, number, e.getMessage());
                            }
                        });
            }
            Map<String, Long> counts = new TreeMap<>();
            resends.forEach(r -> counts.merge(r.topic(), 1L, Long::sum));
            if (!dryRun) {
                send(letters.kafka.client(), resends);
            }
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s %,d records again: %s, %,d bad lines%n",
                            dryRun ? "would send" : "sent", resends.size(), counts, bad.count());
            return bad.count() == 0 ? 0 : 1;
        }

        private static void send(Properties client, List<DeadLetterJson.Resend> resends)
                throws InterruptedException, IOException {
            Properties properties = new Properties();
            properties.putAll(client);
            properties.put(ProducerConfig.ACKS_CONFIG, "all");
            List<Future<?>> sent = new ArrayList<>();
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(
                            properties, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (DeadLetterJson.Resend r : resends) {
                    sent.add(producer.send(new ProducerRecord<>(r.topic(), r.key(), r.value())));
                }
                producer.flush();
                for (Future<?> one : sent) {
                    one.get();
                }
            } catch (ExecutionException e) {
                throw new IOException("Kafka refused a record: " + e.getCause().getMessage(), e);
            }
        }
    }
}
