package io.dienstream.operate.command;

import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.Heartbeats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien heartbeat}: moves the event time of topics that may be silent. */
@Command(
        name = "heartbeat",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a heartbeat to every partition of a topic, again and again: nothing older comes.",
            "Labels wait for every partition of clicks, impressions and served requests; where one",
            "may be silent for long, run this beside what writes it, and stop it when that stops."
        })
public final class HeartbeatCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Option(
            names = "--topics",
            paramLabel = "TOPIC",
            split = ",",
            description = "Default: ad-clicks.")
    private List<String> topics = List.of(LearningOptions.CLICKS.defaultText());

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            defaultValue = "5s",
            description = "Such as 500ms, 5s or 1min; ${DEFAULT-VALUE}.")
    private Duration every;

    @Option(names = "--once", description = "Writes one and ends.")
    private boolean once;

    @Option(
            names = "--at",
            paramLabel = "MS",
            description = "Says this time, ms since 1970, and ends. Default: the clock's.")
    private Long at;

    @Override
    public Integer call() throws Exception {
        if (every.isZero()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--every must be above 0");
        }
        try (Heartbeats heartbeats =
                new Heartbeats(kafka.client(topics), topics, "dien heartbeat")) {
            do {
                int sent = heartbeats.beat(at == null ? System.currentTimeMillis() : at);
                if (once || at != null) {
                    spec.commandLine().getOut().printf("%d heartbeats%n", sent);
                    return 0;
                }
                Thread.sleep(every.toMillis());
            } while (!Thread.currentThread().isInterrupted());
        }
        return 0;
    }
}
