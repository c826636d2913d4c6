package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.kafka.NewestEvent;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Impression;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of before is played into topics that have come further. */
class ReplayIT {
    private static final Instant OLD = Instant.parse("2017-11-25T00:00:00Z");

    @TempDir private Path directory;

    private static long newest(DemoCluster cluster) {
        Properties client = new Properties();
        client.put("bootstrap.servers", cluster.broker().bootstrapServers());
        return NewestEvent.of(client, JobOptions.BEHAVIORS.defaultText()).orElse(0);
    }

    private CommandRun replay(DemoCluster cluster, String... more) throws Exception {
        Path log = directory.resolve("log.tsv");
        long seconds = OLD.getEpochSecond();
        Files.writeString(log, "u\tA\tx\t%d\nu\tB\tx\t%d\n".formatted(seconds, seconds + 60));
        Object[] command = new Object[5 + more.length];
        command[0] = "replay";
        command[1] = "--bootstrap-servers";
        command[2] = cluster.broker().bootstrapServers();
        command[3] = "--behaviors";
        command[4] = log;
        System.arraycopy(more, 0, command, 5, more.length);
        return CommandRun.of(command);
    }

    /** Both moved by the same: 20 s lie between them. */
    private static void whatWasShownAndClickedIsThere(DemoCluster cluster) throws Exception {
        AtomicReference<Impression> shown = new AtomicReference<>();
        AtomicReference<AdClick> clicked = new AtomicReference<>();
        try (TopicTail tail =
                new TopicTail(cluster.client(), List.of("impressions", "ad-clicks"))) {
            tail.drain(
                    r -> {
                        try {
                            if (r.topic().equals("impressions")) {
                                shown.set(WireDecoder.of(Impression.class).decode(r.value()));
                            } else {
                                clicked.set(WireDecoder.of(AdClick.class).decode(r.value()));
                            }
                        } catch (WireException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
        assertThat(shown.get().getPosition()).isEqualTo(2);
        assertThat(clicked.get().getTimestamp() - shown.get().getTimestamp()).isEqualTo(20_000);
        assertThat(shown.get().getTimestamp()).isGreaterThan(OLD.plusSeconds(3600).toEpochMilli());
    }

    /** Ids of a run that is repeated are its own: otherwise the job would take it for repeats. */
    @Test
    void twoSimulationsHaveNoIdInCommon() throws Exception {
        try (DemoCluster cluster = DemoCluster.start(1)) {
            for (int run = 0; run < 2; run++) {
                CommandRun simulated =
                        CommandRun.of(
                                "simulate",
                                "--bootstrap-servers",
                                cluster.broker().bootstrapServers(),
                                "--behaviors=20",
                                "--requests=10",
                                "--shown=1");
                assertThat(simulated.exitCode()).as(simulated.err()).isZero();
            }
            Map<String, List<String>> ids = new HashMap<>();
            List<String> topics = List.of("behaviors", "ad-requests", "impressions", "ad-clicks");
            try (TopicTail tail = new TopicTail(cluster.client(), topics)) {
                tail.drain(r -> ids.computeIfAbsent(r.topic(), t -> new ArrayList<>()).add(id(r)));
            }
            assertThat(ids.get("behaviors")).hasSize(40).doesNotHaveDuplicates();
            assertThat(ids.get("ad-requests")).hasSize(20).doesNotHaveDuplicates();
            assertThat(ids.get("impressions"))
                    .containsExactlyInAnyOrderElementsOf(ids.get("ad-requests"));
            assertThat(ids.get("ad-clicks")).isNotEmpty().doesNotHaveDuplicates();
        }
    }

    /** By which the job knows a record again; an impression's request. */
    private static String id(ConsumerRecord<byte[], byte[]> r) {
        byte[] value = r.value();
        try {
            return switch (r.topic()) {
                case "behaviors" -> WireDecoder.of(Behavior.class).decode(value).getEventId();
                case "ad-requests" -> WireDecoder.of(AdRequest.class).decode(value).getRequestId();
                case "impressions" -> WireDecoder.of(Impression.class).decode(value).getRequestId();
                default -> WireDecoder.of(AdClick.class).decode(value).getClickId();
            };
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTopicThatIsMissingIsSaidBeforeAnythingIsSent() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            Topics.create(client, List.of("behaviors", "ad-requests"), 1, (short) 1, Map.of());
            CommandRun simulated =
                    CommandRun.of(
                            "simulate",
                            "--bootstrap-servers",
                            broker.bootstrapServers(),
                            "--behaviors=1",
                            "--requests=1",
                            "--shown=1");
            assertThat(simulated.exitCode()).isEqualTo(1);
            assertThat(simulated.err())
                    .contains("has no topic 'impressions'")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void anOldLogIsWarnedOfAndShiftedWhereAsked() throws Exception {
        try (DemoCluster cluster = DemoCluster.start(1)) {
            CommandRun first = replay(cluster);
            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(first.err()).as("nothing is there yet").doesNotContain("warning");
            assertThat(newest(cluster)).isEqualTo(OLD.plusSeconds(60).toEpochMilli());

            Instant live = Instant.parse("2020-01-01T00:00:00Z");
            try (LogPlayer player = cluster.player()) {
                player.send(new Behavior("live", "v", live.toEpochMilli(), Map.of("item", "C")));
                player.flush();
            }
            CommandRun late = replay(cluster);
            assertThat(late.err())
                    .contains("the log ends at 2017-11-25T00:01:00Z", "up to " + live)
                    .contains("--shift-to-now");

            long before = System.currentTimeMillis();
            long at = OLD.toEpochMilli();
            Path impressions = directory.resolve("impressions.jsonl");
            Files.writeString(
                    impressions,
                    """
                    {"request_id":"r","ad_id":"a","user_id":"u","timestamp":%d,"position":2}
                    """
                            .formatted(at + 30_000));
            Path clicks = directory.resolve("clicks.jsonl");
            Files.writeString(
                    clicks,
                    """
                    {"click_id":"c","request_id":"r","ad_id":"a","user_id":"u","timestamp":%d}
                    """
                            .formatted(at + 50_000));
            CommandRun shifted =
                    replay(
                            cluster,
                            "--shift-to-now",
                            "--impressions",
                            impressions.toString(),
                            "--clicks",
                            clicks.toString());
            assertThat(shifted.exitCode()).as(shifted.err()).isZero();
            assertThat(shifted.out()).contains("1 impressions and 1 clicks sent");
            whatWasShownAndClickedIsThere(cluster);
            assertThat(shifted.err()).doesNotContain("warning");
            assertThat(newest(cluster)).isBetween(before, System.currentTimeMillis());
        }
    }
}
