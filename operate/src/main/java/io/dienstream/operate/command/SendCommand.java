package io.dienstream.operate.command;

import io.dienstream.datasets.log.LineException;
import io.dienstream.dien.file.MalformedTextException;
import io.dienstream.dien.file.TextReader;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.RecordJson;
import io.dienstream.operate.kafka.RecordSender;
import io.dienstream.operate.kafka.RecordSender.Place;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.send.AnswerTable;
import io.dienstream.operate.send.SentLine;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien send}: lines of JSON into the job's topics, and its answers back. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = {
            "Sends lines of JSON to a running job. With candidates a line is an ad request, whose",
            "answer is awaited and printed; with \"erase\": true it erases its user's past; else it",
            "is a behavior. Ids that a line leaves out are new ones, its time is now:",
            "  {\"user_id\": \"u1\", \"item\": \"i339\", \"category\": \"c8\"}",
            "  {\"user_id\": \"u1\", \"candidates\": [{\"ad_id\": \"ad1\", \"item\": \"i9\", \"category\": \"c0\"}]}",
            "Exit code 1 where a line was bad, refused or not answered."
        })
public final class SendCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(20);

    private static final SentLine.Defaults DEFAULTS =
            new SentLine.Defaults() {
                @Override
                public String id() {
                    return UUID.randomUUID().toString();
                }

                @Override
                public long now() {
                    return System.currentTimeMillis();
                }
            };

    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Lines of JSON; default, or -: standard input.")
    private Path file;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long an answer is awaited; default ${DEFAULT-VALUE}.")
    private double timeout;

    @Option(names = "--json", description = "Answers as lines of JSON on standard output.")
    private boolean json;

    private final WireDecoder<ScoredRequest> answers = WireDecoder.of(ScoredRequest.class);
    private final WireDecoder<DeadLetter> letters = WireDecoder.of(DeadLetter.class);
    private int failures;

    @Override
    public Integer call() throws Exception {
        if (!(timeout > 0 && timeout <= KafkaMixin.LONGEST_WAIT)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--timeout must be above 0 and at most " + KafkaMixin.LONGEST_WAIT);
        }
        Properties client =
                kafka.client(
                        List.of(
                                JobOptions.BEHAVIORS.defaultText(),
                                JobOptions.REQUESTS.defaultText(),
                                JobOptions.CONTROL.defaultText(),
                                JobOptions.SCORES.defaultText(),
                                JobOptions.DEAD_LETTERS.defaultText()));
        List<String> topics =
                List.of(JobOptions.SCORES.defaultText(), JobOptions.DEAD_LETTERS.defaultText());
        try (TextReader lines = lines();
                RecordSender sender = new RecordSender(client);
                TopicTail tail = TopicTail.fromNow(client, topics)) {
            while (next(lines, sender, tail)) {
                // each is answered before the next is read
            }
        }
        return failures == 0 ? 0 : 1;
    }

    private TextReader lines() throws IOException {
        boolean standard = file == null || file.toString().equals("-");
        return standard
                ? TextReader.of(Path.of("standard input"), System.in)
                : TextReader.open(file);
    }

    /** False at the end. */
    private boolean next(TextReader lines, RecordSender sender, TopicTail tail)
            throws IOException, InterruptedException {
        String line;
        try {
            line = lines.readLine();
        } catch (MalformedTextException e) {
            fail("line " + lines.number() + " " + MalformedTextException.PROBLEM + ": not sent");
            return true;
        }
        if (line != null && !line.isBlank()) {
            send(line, lines.number(), sender, tail);
        }
        return line != null;
    }

    private void send(String line, long number, RecordSender sender, TopicTail tail)
            throws IOException, InterruptedException {
        SentLine message;
        try {
            message = SentLine.parse(line, number, DEFAULTS);
        } catch (LineException e) {
            fail("line " + number + " " + e.getMessage() + ": not sent");
            return;
        }
        if (message.behavior() != null) {
            Place place = sender.send(message.behavior());
            sent("behavior " + message.behavior().getEventId(), place);
        } else if (message.erasure() != null) {
            Place place = sender.send(message.erasure());
            sent("erasure of " + message.erasure().getUserId(), place);
        } else {
            long begin = System.nanoTime();
            Place place = sender.send(message.request());
            await(message.request(), place, begin, tail);
        }
    }

    private void sent(String what, Place place) {
        PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        out.printf("sent %s to %s%n", what, place);
        out.flush();
    }

    private void fail(String message) {
        failures++;
        PrintWriter err = spec.commandLine().getErr();
        err.printf("dien: %s%n", message);
        err.flush();
    }

    private void await(AdRequest request, Place place, long begin, TopicTail tail) {
        boolean[] done = {false};
        long deadline = begin + (long) (timeout * 1e9);
        while (!done[0] && System.nanoTime() < deadline) {
            tail.poll(
                    POLL,
                    record -> {
                        if (!done[0]) {
                            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
                            done[0] = isOf(request, place, record, waited);
                        }
                    });
        }
        if (!done[0]) {
            fail(
                    "%s at %s was not answered within %s s: is the job running, and does it read this Kafka?"
                            .formatted(
                                    request.getRequestId(),
                                    place,
                                    DecimalFormat.getInstance(Locale.ROOT).format(timeout)));
        }
    }

    /** Prints {@code record} where it is what became of the request. */
    private boolean isOf(
            AdRequest request,
            Place place,
            ConsumerRecord<byte[], byte[]> record,
            Duration waited) {
        try {
            if (record.topic().equals(JobOptions.DEAD_LETTERS.defaultText())) {
                return refused(letters.decode(record.value()), place);
            }
            ScoredRequest answer = answers.decode(record.value());
            if (!answer.getRequestId().equals(request.getRequestId())) {
                return false;
            }
            print(answer, waited);
            return true;
        } catch (WireException e) {
            return false; // somebody else's record in the topic
        }
    }

    private boolean refused(DeadLetter letter, Place place) {
        boolean ours =
                letter.getOriginTopic().equals(place.topic())
                        && letter.getOriginPartition() == place.partition()
                        && letter.getOriginOffset() == place.offset();
        if (ours) {
            fail(place + " was refused: " + letter.getReason() + ", " + letter.getMessage());
        }
        return ours;
    }

    private void print(ScoredRequest answer, Duration waited) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(RecordJson.of(answer));
        } else {
            AnswerTable.of(answer, waited).forEach(line -> out.printf("%s%n", line));
        }
        out.flush();
    }
}
