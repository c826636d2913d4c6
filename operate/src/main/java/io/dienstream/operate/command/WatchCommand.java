package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.log.Spelling;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.RecordJson;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.send.RecordLine;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Erasure;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien watch}: the records of the job's topics as they come. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Shows answers, dead letters and other records of the job's topics as they come, a line",
            "each, until it is stopped. In exactly-once delivery answers come with checkpoints."
        })
public final class WatchCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    /** What can be watched; in the help as it is typed. */
    enum Kind {
        BEHAVIORS("behaviors", JobOptions.BEHAVIORS.defaultText(), Behavior.class),
        REQUESTS("requests", JobOptions.REQUESTS.defaultText(), AdRequest.class),
        ERASURES("erasures", JobOptions.CONTROL.defaultText(), Erasure.class),
        SCORES("scores", JobOptions.SCORES.defaultText(), ScoredRequest.class),
        SERVED("served", JobOptions.SERVED.defaultText(), ServedRequest.class),
        DEAD_LETTERS("dead-letters", JobOptions.DEAD_LETTERS.defaultText(), DeadLetter.class);

        private final String label;
        private final String topic;
        private final Class<? extends SpecificRecord> type;

        Kind(String label, String topic, Class<? extends SpecificRecord> type) {
            this.label = label;
            this.topic = topic;
            this.type = type;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..*",
            description = {
                "behaviors, requests, erasures, scores, served, dead-letters; default: scores and",
                "dead-letters."
            })
    private List<String> names = List.of(Kind.SCORES.label, Kind.DEAD_LETTERS.label);

    @Option(names = "--from-beginning", description = "From the oldest record that is kept.")
    private boolean fromBeginning;

    @Option(names = "--user", paramLabel = "ID", description = "Only records of this user.")
    private String user;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Ends after so many records; default: never.")
    private Integer limit;

    @Option(names = "--json", description = "Lines of JSON, for programs.")
    private boolean json;

    private final Map<Kind, WireDecoder<? extends SpecificRecord>> decoders =
            new EnumMap<>(Kind.class);
    private long shown;

    @Override
    public Integer call() throws Exception {
        if (limit != null && limit < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--limit must be above 0");
        }
        Map<String, Kind> byTopic =
                names.stream()
                        .map(this::kind)
                        .distinct()
                        .collect(Collectors.toMap(k -> k.topic, Function.identity()));
        byTopic.values().forEach(kind -> decoders.put(kind, WireDecoder.of(kind.type)));
        List<String> topics = List.copyOf(byTopic.keySet());
        Properties client = kafka.client(topics);
        PrintWriter out = spec.commandLine().getOut();
        try (TopicTail tail =
                fromBeginning ? new TopicTail(client, topics) : TopicTail.fromNow(client, topics)) {
            while (!isEnough() && !out.checkError()) {
                tail.poll(
                        POLL,
                        record -> {
                            if (!isEnough()) {
                                show(byTopic.get(record.topic()), record, out);
                            }
                        });
                out.flush();
            }
        }
        return 0;
    }

    /** Typed as it is shown. */
    private Kind kind(String name) {
        List<String> known = Arrays.stream(Kind.values()).map(Kind::toString).toList();
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.label.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CommandLine.ParameterException(
                                        spec.commandLine(),
                                        "nothing is called '%s'%s; there are %s"
                                                .formatted(
                                                        name, Spelling.hint(name, known), known)));
    }

    private boolean isEnough() {
        return limit != null && shown >= limit;
    }

    private void show(Kind kind, ConsumerRecord<byte[], byte[]> record, PrintWriter out) {
        SpecificRecord message;
        try {
            message = decoders.get(kind).decode(record.value());
        } catch (WireException e) {
            if (user == null) {
                shown++;
                line(kind, record, json ? error(e) : "unreadable: " + e.getMessage(), out);
            }
            return;
        }
        if (user == null || user.equals(userOf(message))) {
            shown++;
            line(kind, record, json ? RecordJson.of(message) : RecordLine.of(message), out);
        }
    }

    private static ObjectNode error(WireException e) {
        return JsonNodeFactory.instance.objectNode().put("unreadable", e.getMessage());
    }

    private void line(
            Kind kind, ConsumerRecord<byte[], byte[]> record, Object what, PrintWriter out) {
        if (json) {
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("topic", record.topic());
            line.put("partition", record.partition());
            line.put("offset", record.offset());
            line.put("timestamp", record.timestamp());
            line.set("record", (ObjectNode) what);
            out.println(line);
        } else {
            String time =
                    TIME.format(
                            Instant.ofEpochMilli(record.timestamp())
                                    .atZone(ZoneId.systemDefault()));
            out.printf("%s  %-12s  %s%n", time, kind, what);
        }
    }

    /** Null where a record is nobody's, or does not say whose it is. */
    private static String userOf(SpecificRecord message) {
        Schema.Field id = message.getSchema().getField("user_id");
        return id == null ? null : message.get(id.pos()).toString();
    }
}
