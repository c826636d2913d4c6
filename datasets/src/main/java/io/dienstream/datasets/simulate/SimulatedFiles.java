package io.dienstream.datasets.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.evaluation.Auc;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Impression;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** A simulated log in the files that the other commands read, and the truth beside it. */
public final class SimulatedFiles {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long START_MS = 1_700_000_000_000L;
    private static final long STEP_MS = 1000;

    private final Simulator simulator;
    private final int behaviors;
    private final int requests;
    private final int candidates;
    private final SimulatedPage page;

    public SimulatedFiles(Simulator simulator, int behaviors, int requests, int candidates) {
        this(simulator, behaviors, requests, candidates, null);
    }

    /**
     * @param page what becomes of the requests; null where nobody is shown anything
     */
    public SimulatedFiles(
            Simulator simulator, int behaviors, int requests, int candidates, SimulatedPage page) {
        this.page = page;
        this.simulator = simulator;
        this.behaviors = behaviors;
        this.requests = requests;
        this.candidates = candidates;
    }

    /**
     * Writes {@code behaviors.jsonl.gz}, {@code requests.jsonl.gz} and {@code truth.jsonl.gz}
     * (request_id, probability, clicked), and with a page {@code impressions.jsonl.gz} and {@code
     * clicks.jsonl.gz}. None of them is there before all are written.
     *
     * @return the AUC of the true click probabilities: the best that any model could reach
     */
    public double write(Path directory) throws IOException {
        OutputDirectory.make(directory);
        Auc best = new Auc();
        try (CompleteFile logs = CompleteFile.create(directory.resolve("behaviors.jsonl.gz"));
                CompleteFile asks = CompleteFile.create(directory.resolve("requests.jsonl.gz"));
                CompleteFile truths = CompleteFile.create(directory.resolve("truth.jsonl.gz"));
                CompleteFile views = told(directory, "impressions.jsonl.gz");
                CompleteFile clicks = told(directory, "clicks.jsonl.gz")) {
            try (Writer log = open(logs);
                    Writer asked = open(asks);
                    Writer truth = open(truths);
                    Writer viewed = open(views);
                    Writer clicked = open(clicks)) {
                write(log, asked, truth, new Page(viewed, clicked), best);
            }
            for (CompleteFile file : Arrays.asList(logs, asks, truths, views, clicks)) {
                if (file != null) {
                    file.complete();
                }
            }
        }
        return best.value();
    }

    /** A file of what a page tells, or null without one. */
    private CompleteFile told(Path directory, String name) throws IOException {
        return page == null ? null : CompleteFile.create(directory.resolve(name));
    }

    private record Page(Writer viewed, Writer clicked) {}

    private void write(Writer log, Writer asked, Writer truth, Page told, Auc best)
            throws IOException {
        long total = (long) behaviors + requests;
        long done = 0;
        for (long n = 0; n < total; n++) {
            long now = START_MS + n * STEP_MS;
            if (done < (n + 1) * requests / total) {
                Simulator.Truth request = simulator.request(now, candidates);
                write(request, asked, truth, best);
                if (page != null) {
                    write(page.of(request), told);
                }
                done++;
            } else {
                log.write(json(simulator.behavior(now)) + "\n");
            }
        }
    }

    private static Writer open(CompleteFile file) throws IOException {
        if (file == null) {
            return Writer.nullWriter();
        }
        return new BufferedWriter(
                new OutputStreamWriter(
                        new GZIPOutputStream(file.stream()), StandardCharsets.UTF_8));
    }

    private static ObjectNode json(Behavior b) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("event_id", b.getEventId());
        node.put("user_id", b.getUserId());
        node.put("timestamp", b.getTimestamp());
        b.getFields().forEach(node::put);
        return node;
    }

    private static void write(SimulatedPage.Told told, Page page) throws IOException {
        for (Impression i : told.impressions()) {
            ObjectNode node = MAPPER.createObjectNode();
            node.put("request_id", i.getRequestId());
            node.put("ad_id", i.getAdId());
            node.put("user_id", i.getUserId());
            node.put("timestamp", i.getTimestamp());
            node.put("position", i.getPosition());
            page.viewed().write(node + "\n");
        }
        for (AdClick c : told.clicks()) {
            ObjectNode node = MAPPER.createObjectNode();
            node.put("click_id", c.getClickId());
            node.put("request_id", c.getRequestId());
            node.put("ad_id", c.getAdId());
            node.put("user_id", c.getUserId());
            node.put("timestamp", c.getTimestamp());
            page.clicked().write(node + "\n");
        }
    }

    private static void write(Simulator.Truth t, Writer asked, Writer truth, Auc best)
            throws IOException {
        ObjectNode request = MAPPER.createObjectNode();
        request.put("request_id", t.request().getRequestId());
        request.put("user_id", t.request().getUserId());
        request.put("timestamp", t.request().getTimestamp());
        ArrayNode ads = request.putArray("candidates");
        ObjectNode known = MAPPER.createObjectNode();
        known.put("request_id", t.request().getRequestId());
        ArrayNode probability = known.putArray("probability");
        ArrayNode clicked = known.putArray("clicked");
        for (int n = 0; n < t.probability().length; n++) {
            ads.add(json(t.request().getCandidates().get(n)));
            probability.add(t.probability()[n]);
            clicked.add(t.clicked()[n] ? 1 : 0);
            best.add(t.probability()[n], t.clicked()[n]);
        }
        asked.write(request + "\n");
        truth.write(known + "\n");
    }

    private static ObjectNode json(Candidate c) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("ad_id", c.getAdId());
        c.getFields().forEach(node::put);
        node.put("pricing", c.getPricing().name());
        node.put("bid_micros", c.getBidMicros());
        node.put("currency", c.getCurrency());
        if (c.getPcvr() != null) {
            node.put("pcvr", c.getPcvr());
        }
        return node;
    }
}
