package io.dienstream.operate.command;

import io.dienstream.cli.terminal.Bars;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.log.ShownLog;
import io.dienstream.dien.history.EventLog;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.NewestEvent;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Impression;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien replay}: a recorded log into the job's topics, in event-time order. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Plays a recorded log into Kafka in event-time order.",
            "A job that has read newer behaviors may refuse an old log as late: --shift-to-now moves",
            "its times to the present."
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final int LINGER_MS = 5;
    private static final double NANOS_PER_MS = 1e6;

    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Option(
            names = "--behaviors",
            required = true,
            paramLabel = "FILE",
            description = "TSV, JSONL.")
    private Path behaviors;

    @Option(names = "--requests", paramLabel = "FILE", description = "Ad requests (JSONL).")
    private Path requests;

    @Option(
            names = "--impressions",
            paramLabel = "FILE",
            description = "What was shown (JSONL), for the learning job.")
    private Path impressions;

    @Option(
            names = "--clicks",
            paramLabel = "FILE",
            description = "Clicks on what was shown (JSONL), likewise.")
    private Path clicks;

    @Option(
            names = "--speed",
            defaultValue = "0",
            description = "Times real time; 0 (default): as fast as it goes.")
    private double speed;

    @Option(
            names = "--shift-to-now",
            description = {
                "Adds to every event time what is needed for the log to end now; what lies between two",
                "events stays."
            })
    private boolean shiftToNow;

    @Override
    public Integer call() throws Exception {
        if (!(speed >= 0)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--speed must not be negative");
        }
        BadLines bad = new BadLines(spec.commandLine().getErr());
        List<Behavior> past = BehaviorLog.read(behaviors, bad);
        List<AdRequest> asked = new ArrayList<>();
        if (requests != null) {
            RequestLog.forEach(requests, bad, line -> asked.add(line.request()));
            asked.sort(RequestLog.ORDER);
        }
        List<Impression> shown =
                impressions == null ? List.of() : ShownLog.impressions(impressions, bad);
        List<AdClick> clicked = clicks == null ? List.of() : ShownLog.clicks(clicks, bad);
        if (shiftToNow) {
            shift(past, asked, shown, clicked);
        } else {
            warnOfNewer(past);
        }
        long told = (long) shown.size() + clicked.size();
        try (LogPlayer player = kafka.player(LINGER_MS, needed());
                ProgressBar bar = Bars.start("replay", past.size() + asked.size() + told)) {
            play(player, past, timed(asked, shown, clicked), bar);
            player.flush();
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%,d behaviors and %,d requests%s sent, %,d bad lines%n",
                        past.size(),
                        asked.size(),
                        told == 0
                                ? ""
                                : ", %,d impressions and %,d clicks"
                                        .formatted(shown.size(), clicked.size()),
                        bad.count());
        return bad.count() == 0 ? 0 : 1;
    }

    private void shift(
            List<Behavior> past,
            List<AdRequest> asked,
            List<Impression> shown,
            List<AdClick> clicked) {
        LongSummaryStatistics times =
                Stream.of(
                                past.stream().mapToLong(Behavior::getTimestamp),
                                asked.stream().mapToLong(AdRequest::getTimestamp),
                                shown.stream().mapToLong(Impression::getTimestamp),
                                clicked.stream().mapToLong(AdClick::getTimestamp))
                        .flatMapToLong(own -> own)
                        .summaryStatistics();
        if (times.getCount() > 0) {
            long now = System.currentTimeMillis();
            long by = TimeShift.toNow(times.getMin(), times.getMax(), now, speed);
            past.forEach(b -> b.setTimestamp(b.getTimestamp() + by));
            asked.forEach(r -> r.setTimestamp(r.getTimestamp() + by));
            shown.forEach(i -> i.setTimestamp(i.getTimestamp() + by));
            clicked.forEach(c -> c.setTimestamp(c.getTimestamp() + by));
        }
    }

    /** The topics that it writes to. */
    private List<String> needed() {
        List<String> needed = new ArrayList<>(List.of(JobOptions.BEHAVIORS.defaultText()));
        if (requests != null) {
            needed.add(JobOptions.REQUESTS.defaultText());
        }
        if (impressions != null) {
            needed.add(LearningOptions.IMPRESSIONS.defaultText());
        }
        if (clicks != null) {
            needed.add(LearningOptions.CLICKS.defaultText());
        }
        return needed;
    }

    /** What the job has read already decides what is late. */
    private void warnOfNewer(List<Behavior> past) throws IOException, InterruptedException {
        String topic = JobOptions.BEHAVIORS.defaultText();
        OptionalLong newest;
        try {
            newest = NewestEvent.of(kafka.client(topic), topic);
        } catch (KafkaException e) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "warning: whether %s has newer behaviors cannot be read: %s%n",
                            topic, e.getMessage());
            return;
        }
        if (newest.isPresent() && !past.isEmpty()) {
            long last = past.get(past.size() - 1).getTimestamp();
            if (last < newest.getAsLong()) {
                PrintWriter err = spec.commandLine().getErr();
                err.printf(
                        "warning: the log ends at %s, and topic %s has behaviors up to %s.%n",
                        Instant.ofEpochMilli(last),
                        topic,
                        Instant.ofEpochMilli(newest.getAsLong()));
                err.println(
                        "A job that has read those may refuse the log's behaviors as late, into the"
                                + " dead letters; --shift-to-now moves them to the present.");
                err.flush();
            }
        }
    }

    /** What is sent at its time. */
    private record Timed(long at, Consumer<LogPlayer> send) {}

    /** In the order of time; at equal times requests, then impressions, then clicks. */
    private static List<Timed> timed(
            List<AdRequest> asked, List<Impression> shown, List<AdClick> clicked) {
        List<Timed> all = new ArrayList<>();
        asked.forEach(r -> all.add(new Timed(r.getTimestamp(), p -> p.send(r))));
        shown.forEach(i -> all.add(new Timed(i.getTimestamp(), p -> p.send(i))));
        clicked.forEach(c -> all.add(new Timed(c.getTimestamp(), p -> p.send(c))));
        all.sort(Comparator.comparingLong(Timed::at)); // stable
        return all;
    }

    /** At equal times behaviors first. */
    private void play(LogPlayer player, List<Behavior> past, List<Timed> others, ProgressBar bar) {
        Pace pace = new Pace(speed);
        Consumer<Behavior> send =
                b -> {
                    pace.await(b.getTimestamp());
                    player.send(b);
                    bar.step();
                };
        EventLog<Behavior> log = new EventLog<>(past, BehaviorLog.ORDER);
        for (Timed other : others) {
            log.upTo(other.at(), send);
            pace.await(other.at());
            other.send().accept(player);
            bar.step();
        }
        log.upTo(Long.MAX_VALUE, send);
    }

    /** Event time to wall clock. */
    private static final class Pace {
        private final double speed;
        private final long start = System.nanoTime();
        private long first = Long.MIN_VALUE;

        Pace(double speed) {
            this.speed = speed;
        }

        void await(long timestamp) {
            if (speed <= 0) {
                return;
            }
            first = first == Long.MIN_VALUE ? timestamp : first;
            long due = start + (long) ((timestamp - first) * NANOS_PER_MS / speed);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }
}
