package io.dienstream.train.fit;

/** Who watches a training. */
public interface TrainingListener {
    /**
     * @param examples in the epoch, so far
     * @param ofExamples in a whole epoch
     * @param loss mean over the epoch so far
     */
    void onStep(int epoch, long step, long examples, long ofExamples, double loss);

    /** An epoch is complete and measured. */
    void onEpoch(EpochReport report);

    /** Says nothing to nobody. */
    TrainingListener SILENT =
            new TrainingListener() {
                @Override
                public void onStep(int e, long step, long examples, long of, double loss) {}

                @Override
                public void onEpoch(EpochReport report) {}
            };
}
