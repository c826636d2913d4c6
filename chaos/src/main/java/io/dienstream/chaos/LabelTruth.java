package io.dienstream.chaos;

import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds labels and corrections against what was shown and clicked. Everything was reported long
 * before the end of time, so the label of an ad is a function of its earliest impression and its
 * earliest click, whatever went wrong meanwhile.
 */
final class LabelTruth {
    /** W and W2 of the learning job, ms. */
    static final long WAIT_MS = 3_000;

    static final long CORRECTION_WAIT_MS = 120_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final boolean exactlyOnce;
    private final Map<String, Ad> ads = new TreeMap<>();
    private final Map<String, List<Label>> labels = new HashMap<>();
    private final Map<String, List<Long>> corrections = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private long right;
    private long clicked;
    private long corrected;
    private long repeated;
    private long lost;
    private long doubled;
    private long wrong;
    private long unasked;

    private static final class Ad {
        private long shownAt = NEVER;
        private long clickedAt = NEVER;

        boolean isImplied() {
            return shownAt == NEVER;
        }

        Label label() {
            if (isImplied()) {
                return new Label(clickedAt, true, true);
            }
            boolean isInTime = clickedAt != NEVER && clickedAt <= shownAt + WAIT_MS;
            return new Label(shownAt, isInTime, false);
        }

        /** Whether a click has come too late for the label. */
        boolean isLate() {
            return !isImplied() && clickedAt != NEVER && clickedAt > shownAt + WAIT_MS;
        }
    }

    private record Label(long shownAt, boolean clicked, boolean implied) {}

    LabelTruth(boolean exactlyOnce) {
        this.exactlyOnce = exactlyOnce;
    }

    private Ad ad(String request, String ad) {
        return ads.computeIfAbsent(request + "/" + ad, name -> new Ad());
    }

    void shown(Impression i) {
        Ad ad = ad(i.getRequestId(), i.getAdId());
        ad.shownAt = Math.min(ad.shownAt, i.getTimestamp());
    }

    void clicked(AdClick c) {
        Ad ad = ad(c.getRequestId(), c.getAdId());
        ad.clickedAt = Math.min(ad.clickedAt, c.getTimestamp());
    }

    void example(TrainingExample example) {
        for (LabeledCandidate c : example.getCandidates()) {
            labels.computeIfAbsent(
                            example.getRequestId() + "/" + c.getAdId(), name -> new ArrayList<>())
                    .add(new Label(c.getImpressedAt(), c.getClicked(), c.getImplied()));
        }
    }

    void correction(LabelCorrection c) {
        corrections
                .computeIfAbsent(c.getRequestId() + "/" + c.getAdId(), name -> new ArrayList<>())
                .add(c.getClickedAt());
    }

    /** A record that the learning job has refused; none of ours is to be. */
    void refused(String reason) {
        unasked++;
        find("a report was refused: " + reason);
    }

    /** When everything was handed over. */
    LabelVerdict verdict() {
        ads.forEach(this::check);
        labels.keySet().stream().filter(ad -> !ads.containsKey(ad)).forEach(this::unasked);
        corrections.keySet().stream()
                .filter(ad -> !ads.containsKey(ad) || !ads.get(ad).isLate())
                .forEach(this::unasked);
        return new LabelVerdict(
                ads.size(),
                right,
                clicked,
                corrected,
                repeated,
                lost,
                doubled,
                wrong,
                unasked,
                findings);
    }

    private void check(String name, Ad ad) {
        Label label = one(name, labels.getOrDefault(name, List.of()), ad.label(), "label");
        if (label != null) {
            right++;
            clicked += label.clicked() ? 1 : 0;
        }
        if (ad.isLate()) {
            List<Long> given = corrections.getOrDefault(name, List.of());
            corrected += one(name, given, ad.clickedAt, "correction") == null ? 0 : 1;
        }
    }

    /** {@code expected} where it was given as often as it may be, or null. */
    private <T> T one(String name, List<T> given, T expected, String what) {
        if (given.isEmpty()) {
            lost++;
            find("%s of %s is lost".formatted(what, name));
            return null;
        }
        if (!given.stream().allMatch(expected::equals)) {
            wrong++;
            find("%s of %s is %s, not %s".formatted(what, name, given, expected));
            return null;
        }
        if (given.size() > 1 && exactlyOnce) {
            doubled++;
            find("%s of %s stands %d times".formatted(what, name, given.size()));
            return null;
        }
        repeated += given.size() - 1;
        return expected;
    }

    private void unasked(String name) {
        unasked++;
        find("nothing has asked for a label or correction of " + name);
    }

    private void find(String what) {
        if (findings.size() < Checker.examples()) {
            findings.add(what);
        }
    }
}
