package io.dienstream.train.fit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which epoch's weights are kept, by what each did on the validation split. */
final class KeptEpoch {
    private static final String PREFIX = "best.";

    private final int patience;
    private final WeightAverage average;
    private final List<EpochReport> reports = new ArrayList<>();

    /** Empty where the weights of now are kept. */
    private Map<String, float[]> best = new LinkedHashMap<>();

    private Validation highest;

    /**
     * @param patience see {@link Recipe#patience}
     * @param average of the weights as they are now
     */
    KeptEpoch(int patience, WeightAverage average) {
        this.patience = patience;
        this.average = average;
    }

    /** Whether so many epochs came after the one that is kept that no other is waited for. */
    boolean isPatienceOver() {
        int since = 0;
        for (EpochReport report : reports) {
            since = report.best() ? 0 : since + 1;
        }
        return patience > 0 && since >= patience;
    }

    /**
     * Looks at the epoch that has just ended.
     *
     * @param validation null where there is nothing to look at
     * @return whether its weights are kept
     */
    boolean judge(Validation validation) {
        boolean isBest = patience == 0 || validation == null || validation.isNoWorseThan(highest);
        if (isBest && patience > 0) {
            best = average.values();
        }
        if (validation != null && (highest == null || validation.auc() > highest.auc())) {
            highest = validation;
        }
        return isBest;
    }

    /** Takes what is told of an epoch. */
    void add(EpochReport report) {
        reports.add(report);
    }

    /** Of every complete epoch. */
    List<EpochReport> reports() {
        return reports;
    }

    /** The tensors that are kept: where patience is 0 a copy of those of now. */
    Map<String, float[]> weights() {
        return patience > 0 ? best : average.values();
    }

    /** For a checkpoint, under names of its own. */
    Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        best.forEach((name, data) -> state.put(PREFIX + name, data));
        if (highest != null) {
            state.putAll(highest.state());
        }
        return state;
    }

    /** Goes on from what {@link #state} gave. */
    void restore(Map<String, float[]> state, List<EpochReport> before) {
        best = new LinkedHashMap<>();
        if (patience > 0) {
            state.forEach(
                    (name, data) -> {
                        if (name.startsWith(PREFIX)) {
                            best.put(name.substring(PREFIX.length()), data);
                        }
                    });
        }
        highest = Validation.restore(state);
        reports.addAll(before);
    }
}
