package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of bad record through Kafka: one dead letter each by reason, and the job goes on. */
class BadInputIT {
    private static final String BEHAVIORS = JobOptions.BEHAVIORS.defaultText();

    @TempDir private Path directory;

    private static Candidate candidate(String ad, Pricing pricing, long bid, Double pcvr) {
        return new Candidate(ad, Map.of("item", "i1"), pricing, bid, "USD", pcvr);
    }

    private static AdRequest request(String id, String user, Candidate... candidates) {
        return new AdRequest(
                id, user, System.currentTimeMillis(), Map.of(), Map.of(), List.of(candidates));
    }

    @Test
    void becomesOneDeadLetterEachAndTheJobGoesOn() throws Exception {
        Dataset data = Dataset.simulated(directory);
        long now = System.currentTimeMillis();
        Candidate good = candidate("a", Pricing.CPC, 10, null);
        try (DemoCluster cluster = DemoCluster.start(1);
                RunningJob job = new RunningJob(cluster);
                LogPlayer player = cluster.player()) {
            job.submit(data.model(), Map.of(), null);
            player.send(new Behavior("1", "u", now, Map.of("item", "i1", "category", "c1")));
            player.send(request("before", "u", good));
            job.await("the job answers", () -> job.answers.size() == 1);

            player.send(BEHAVIORS, "u", "garbage".getBytes(StandardCharsets.UTF_8));
            byte[] unknown =
                    new WireEncoder<>(Behavior.class).encode(new Behavior("1", "u", now, Map.of()));
            unknown[3] ^= 0x55;
            player.send(BEHAVIORS, "u", unknown);
            player.send(new Behavior("2", "", now, Map.of()));
            player.send(new Behavior("3", "u", 1L, Map.of()));
            player.send(new Behavior("4", "u", now + 3 * 86_400_000L, Map.of()));
            player.send(new Behavior("5", "u", now, Map.of("item", "x".repeat(1_000_000))));
            // L = 10: eleven evict the oldest three, so what is older than those is late
            for (int n = 0; n < 11; n++) {
                player.send(new Behavior("v" + n, "v", now + n, Map.of("item", "i1")));
            }
            player.send(new Behavior("late", "v", now - 1, Map.of("item", "i1")));
            player.send(request("r1", "u"));
            player.send(
                    request(
                            "r2",
                            "u",
                            IntStream.range(0, 1001)
                                    .mapToObj(n -> candidate("a" + n, Pricing.CPM, 1, null))
                                    .toArray(Candidate[]::new)));
            player.send(request("r3", "u", good, good));
            player.send(request("r4", "u", candidate("a", Pricing.CPM, -1, null)));
            player.send(request("r5", "u", candidate("a", Pricing.CPM, Long.MAX_VALUE, null)));
            player.send(request("r6", "u", candidate("a", Pricing.CPA, 1, null)));
            player.send(request("r7", "u", candidate("a", Pricing.CPA, 1, Double.NaN)));
            AdRequest unknownField = request("r8", "u", good);
            unknownField.setContext(Map.of("weather", "rain"));
            player.send(unknownField);
            player.send(request("r9", "", good));

            Map<String, Long> reasons = new TreeMap<>();
            reasons.put("undecodable", 1L);
            reasons.put("unknown_schema", 1L);
            reasons.put("invalid_id", 2L);
            reasons.put("invalid_time", 2L);
            reasons.put("oversize_value", 1L);
            reasons.put("late", 1L);
            reasons.put("no_candidates", 1L);
            reasons.put("too_many_candidates", 1L);
            reasons.put("repeated_ad", 1L);
            reasons.put("invalid_bid", 2L);
            reasons.put("invalid_pcvr", 2L);
            reasons.put("unknown_field", 1L);
            job.await("all are dead letters", () -> job.answers.deadLetters().equals(reasons));

            player.send(request("after", "u", good));
            job.await("the job goes on", () -> job.answers.size() == 2);
            assertThat(job.answers.answers()).containsOnlyKeys("before", "after");
            assertThat(job.answers.answers().get("after").getSequenceLength()).isEqualTo(1);
            assertThat(job.answers.deadLetters()).isEqualTo(reasons);
            repairAndReplay(cluster, job);
            job.cancel();
        }
    }

    /** Lists the dead letters, repairs two of them, sends them again: the job takes them. */
    private void repairAndReplay(DemoCluster cluster, RunningJob job) throws Exception {
        String servers = cluster.broker().bootstrapServers();
        Path all = directory.resolve("letters.jsonl");
        CommandRun list =
                CommandRun.of(
                        "dlq",
                        "list",
                        "--bootstrap-servers",
                        servers,
                        "--json",
                        "--output",
                        all.toString());
        assertThat(list.exitCode()).isZero();
        assertThat(list.out()).contains("\"invalid_id\":{\"count\":2");

        Path repaired = directory.resolve("repaired.jsonl");
        List<String> lines =
                Files.readAllLines(all).stream()
                        .filter(l -> l.contains("\"invalid_id\"") || l.contains("weather"))
                        .map(
                                l ->
                                        l.replace("\"user_id\":\"\"", "\"user_id\":\"w\"")
                                                .replace("\"weather\":\"rain\"", ""))
                        .toList();
        assertThat(lines).hasSize(3);
        Files.write(repaired, lines);
        CommandRun replay =
                CommandRun.of(
                        "dlq",
                        "replay",
                        "--bootstrap-servers",
                        servers,
                        "--input",
                        repaired.toString());
        assertThat(replay.err()).isEmpty();
        assertThat(replay.out()).contains("sent 3 records again: {ad-requests=2, behaviors=1}");
        job.await("the repaired requests are answered", () -> job.answers.size() == 4);
        assertThat(job.answers.answers()).containsKeys("r8", "r9");

        long late = job.answers.deadLetters().get("late");
        CommandRun again =
                CommandRun.of("dlq", "replay", "--bootstrap-servers", servers, "--reason", "late");
        assertThat(again.out()).contains("sent 1 records again: {behaviors=1}");
        job.await(
                "what is late stays late", () -> job.answers.deadLetters().get("late") == late + 1);
    }
}
