package io.dienstream.operate.quality;

import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.job.learning.quality.QualityRecords;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.schema.ModelQuality;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The windows that were told, each in its highest revision. Not thread safe. */
public final class QualityLog {
    /** The topic of windows. */
    public static final String TOPIC = "model-quality";

    private final Map<Window, ModelQuality> newest = new HashMap<>();

    private record Window(String fingerprint, String arm, String segment, long start) {}

    /**
     * Whose sums.
     *
     * @param model name of the artifact
     * @param version of the artifact
     * @param fingerprint first 16 digits of its checksum
     * @param arm live, candidate or shadow
     * @param segment of impressions
     */
    public record Line(
            String model, String version, String fingerprint, String arm, String segment) {
        static Line of(ModelQuality q) {
            return new Line(
                    q.getModel(),
                    q.getModelVersion(),
                    q.getModelFingerprint(),
                    q.getArm(),
                    q.getSegment());
        }
    }

    /** Everything that is in the topic now; what is no window is left out. */
    public static QualityLog read(Properties client) {
        QualityLog log = new QualityLog();
        WireDecoder<ModelQuality> decoder = WireDecoder.of(ModelQuality.class);
        try (TopicTail tail = new TopicTail(client, List.of(TOPIC))) {
            tail.drain(
                    record -> {
                        try {
                            if (record.value() != null) {
                                log.add(decoder.decode(record.value()));
                            }
                        } catch (WireException e) {
                            // somebody else's record says nothing about a model
                        }
                    });
        }
        return log;
    }

    /** Takes a window; one of a lower revision than is known changes nothing. */
    public void add(ModelQuality q) {
        Window window =
                new Window(q.getModelFingerprint(), q.getArm(), q.getSegment(), q.getWindowStart());
        newest.merge(window, q, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
    }

    /** The windows that {@code wanted} takes, oldest first. */
    public List<ModelQuality> windows(Predicate<ModelQuality> wanted) {
        return newest.values().stream()
                .filter(wanted)
                .sorted(Comparator.comparingLong(ModelQuality::getWindowStart))
                .toList();
    }

    /**
     * Sums by line, in the order of arms, versions and segments.
     *
     * @throws IOException where a window's sketch is none
     */
    public static Map<Line, QualitySums> merged(Collection<ModelQuality> windows)
            throws IOException {
        Map<Line, QualitySums> lines =
                new TreeMap<>(
                        Comparator.comparing(Line::model)
                                .thenComparing(Line::segment)
                                .thenComparing(Line::arm, Comparator.comparing(QualityLog::rank))
                                .thenComparing(Line::version)
                                .thenComparing(Line::fingerprint));
        for (ModelQuality q : windows) {
            lines.computeIfAbsent(Line.of(q), l -> new QualitySums()).merge(QualityRecords.sums(q));
        }
        return lines;
    }

    private static String rank(String arm) {
        return switch (arm) {
            case "live" -> "0";
            case "candidate" -> "1";
            case "shadow" -> "2";
            default -> "3" + arm;
        };
    }
}
