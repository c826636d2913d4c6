package io.dienstream.it;

import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A log to play, with the model to score it.
 *
 * @param behaviors by event order
 */
record Dataset(String name, Path model, List<Behavior> behaviors, List<AdRequest> requests) {
    private static final long START = 1_700_000_000_000L;
    private static final long STEP_MS = 60_000;

    /** Where the real data lies: system property {@code dien.shared}, else beside the checkout. */
    static Path shared() {
        String property = System.getProperty("dien.shared");
        return property != null ? Path.of(property) : Path.of("../../shared");
    }

    static boolean isPresent(String name) {
        return Files.isDirectory(shared().resolve("data").resolve(name))
                && Files.isDirectory(shared().resolve("models").resolve(name));
    }

    static Path model(String name) {
        return shared().resolve("models").resolve(name).resolve("model");
    }

    static Path requests(String name) {
        return shared().resolve("models").resolve(name).resolve("requests.jsonl.gz");
    }

    static Path expected(String name) {
        return shared().resolve("models").resolve(name).resolve("expected.jsonl.gz");
    }

    static Path interactions(String name) {
        return shared().resolve("data").resolve(name).resolve("interactions.tsv.gz");
    }

    static Dataset real(String name) throws IOException {
        BadLines bad = new BadLines(new PrintWriter(new StringWriter()));
        List<Behavior> behaviors = BehaviorLog.read(interactions(name), bad);
        List<AdRequest> requests = new ArrayList<>();
        RequestLog.forEach(requests(name), bad, line -> requests.add(line.request()));
        if (bad.count() > 0) {
            throw new IOException(bad.count() + " bad lines in " + name);
        }
        return new Dataset(name, model(name), behaviors, requests);
    }

    /** Whether {@code user} stays where only every {@code n}th does. */
    static boolean isOfEveryNth(String user, int n) {
        return Math.floorMod(user.hashCode(), n) == 0;
    }

    /** The same log as far as it is of every {@code n}th user. */
    Dataset ofEveryNthUser(int n) {
        return new Dataset(
                name,
                model,
                behaviors.stream().filter(b -> isOfEveryNth(b.getUserId(), n)).toList(),
                requests.stream().filter(r -> isOfEveryNth(r.getUserId(), n)).toList());
    }

    /** 200 simulated users with a random model of L = 10: most histories are cut many times. */
    static Dataset simulated(Path directory) throws IOException {
        Path model = directory.resolve("simulated");
        RandomModels.write(
                model,
                RandomModels.config(Architecture.DIEN, AttentionType.MLP, GateForm.PAPER, 10),
                1);
        Simulator simulator = new Simulator(3, 200);
        List<Behavior> behaviors = new ArrayList<>();
        List<AdRequest> requests = new ArrayList<>();
        for (int n = 0; n < 8_000; n++) {
            if (n % 4 == 0) {
                requests.add(simulator.request(START + n * STEP_MS, 3).request());
            } else {
                behaviors.add(simulator.behavior(START + n * STEP_MS));
            }
        }
        return new Dataset("simulated", model, behaviors, requests);
    }

    /** Sends what is later than {@code after} and not later than {@code until}, in event order. */
    void play(LogPlayer player, long after, long until) {
        for (Behavior b : behaviors) {
            if (b.getTimestamp() > after && b.getTimestamp() <= until) {
                player.send(b);
            }
        }
        requests.stream()
                .filter(r -> r.getTimestamp() > after && r.getTimestamp() <= until)
                .sorted(Comparator.comparingLong(AdRequest::getTimestamp))
                .forEach(player::send);
        player.flush();
    }

    @Override
    public String toString() {
        return name;
    }
}
