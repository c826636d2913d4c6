package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.Outcome;
import io.dienstream.evaluation.online.QualitySums;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one user's impressions of one window give, whatever the order in which they came. */
final class UserWindow {
    private UserWindow() {}

    /** Where an outcome counts. */
    private record Place(ScoredBy by, String segment) {}

    /** Which version's score of which example. */
    private record Score(ScoredBy by, long example) {}

    /**
     * The parts of {@code impressions}: an example that comes again counts once, one that was
     * corrected as clicked.
     */
    static List<QualityPart> parts(Iterable<ScoredImpression> impressions, long start) {
        Set<Long> corrected = new HashSet<>();
        for (ScoredImpression s : impressions) {
            if (s.isCorrection()) {
                corrected.add(s.example());
            }
        }
        Set<Score> seen = new HashSet<>();
        Map<Place, List<Outcome>> places = new LinkedHashMap<>();
        double coverage = Double.NaN;
        for (ScoredImpression s : impressions) {
            if (s.isCorrection() || !seen.add(new Score(s.by(), s.example()))) {
                continue;
            }
            coverage = QualityPart.lower(coverage, s.coverage());
            Outcome outcome =
                    corrected.contains(s.example()) ? s.outcome().withClick(true) : s.outcome();
            for (String segment : Segment.of(s)) {
                places.computeIfAbsent(new Place(s.by(), segment), p -> new ArrayList<>())
                        .add(outcome);
            }
        }
        double lowest = coverage;
        List<QualityPart> parts = new ArrayList<>();
        places.forEach(
                (p, outcomes) ->
                        parts.add(
                                new QualityPart(
                                        p.by(),
                                        p.segment(),
                                        start,
                                        QualitySums.ofUser(outcomes),
                                        lowest)));
        return parts;
    }

    /** What is to be added where {@code before} was, so that it is {@code after}. */
    static List<QualityPart> change(List<QualityPart> before, List<QualityPart> after) {
        Map<Place, QualitySums> were = new LinkedHashMap<>();
        before.forEach(p -> were.put(new Place(p.by(), p.segment()), p.sums()));
        List<QualityPart> changes = new ArrayList<>();
        for (QualityPart part : after) {
            QualitySums was = were.get(new Place(part.by(), part.segment()));
            QualitySums sums = part.sums().copy();
            if (was != null) {
                sums.subtract(was);
            }
            if (was == null || !was.equals(part.sums())) {
                changes.add(
                        new QualityPart(
                                part.by(), part.segment(), part.start(), sums, part.coverage()));
            }
        }
        return changes;
    }
}
