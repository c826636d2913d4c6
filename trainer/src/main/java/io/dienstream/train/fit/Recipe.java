package io.dienstream.train.fit;

/**
 * How a network is trained; docs/start/training.md says why each default is what it is.
 *
 * @param seed of first values, order and draws
 * @param epochs most passes over the training split
 * @param batchSize B
 * @param learningRate Adam's, in the first epoch
 * @param learningRateDecay factor from one epoch to the next; ignored by {@code LINEAR}
 * @param schedule of the learning rate
 * @param weightDecay share of each weight that is taken away a step, times the learning rate
 * @param clipNorm largest norm of all gradients together; 0 for none
 * @param auxiliaryWeight of the auxiliary loss; only {@code dien} has it
 * @param auxiliaryNetwork whether that loss has the 100-50-2 network instead of the inner product
 * @param freshNegatives whether sampled candidates are drawn anew in every epoch after the first
 * @param freshEmbeddings whether embeddings start anew in every epoch after the first: what
 *     overfits in a second pass over click data is the embeddings of rare ids
 * @param uniformNegatives whether draws ignore popularity
 * @param unknownRate share of ids that are shown to the network as unknown (row 0), so that it
 *     learns what to do with ids it has never seen, and to rely less on single ids
 * @param averaging decay of the running average of weights that is measured and exported; 0 for the
 *     weights themselves
 * @param wholeRequests whether the candidates of a request stay in one batch: their history is then
 *     computed once, at the price of examples that resemble each other in a batch
 * @param patience epochs whose validation AUC is worse after which training stops, with the weights
 *     of the last that was not; 0 takes all epochs and the weights of the last
 * @param embeddingRate factor of the learning rate for embeddings: with one above 1 ids that are
 *     new to a model find their place before the network around them moves far; 0 counts as 1
 */
public record Recipe(
        long seed,
        int epochs,
        int batchSize,
        double learningRate,
        double learningRateDecay,
        Schedule schedule,
        double weightDecay,
        double clipNorm,
        double auxiliaryWeight,
        boolean auxiliaryNetwork,
        boolean freshNegatives,
        boolean freshEmbeddings,
        boolean uniformNegatives,
        double unknownRate,
        double averaging,
        boolean wholeRequests,
        int patience,
        double embeddingRate) {

    public Recipe {
        // manifests and checkpoints of before there was one have none
        embeddingRate = embeddingRate == 0 ? 1 : embeddingRate;
        check(embeddingRate > 0, "embeddingRate", embeddingRate);
        check(epochs >= 1, "epochs", epochs);
        check(batchSize >= 2, "batchSize", batchSize);
        check(learningRate > 0, "learningRate", learningRate);
        check(learningRateDecay > 0 && learningRateDecay <= 1, "decay", learningRateDecay);
        check(
                weightDecay >= 0 && weightDecay * learningRate * Math.max(1, embeddingRate) < 1,
                "weightDecay",
                weightDecay);
        check(clipNorm >= 0, "clipNorm", clipNorm);
        check(auxiliaryWeight >= 0, "auxiliaryWeight", auxiliaryWeight);
        check(unknownRate >= 0 && unknownRate < 1, "unknownRate", unknownRate);
        check(averaging >= 0 && averaging < 1, "averaging", averaging);
        check(patience >= 0, "patience", patience);
    }

    /**
     * A recipe by names: Adam at one rate, gradients clipped at 10, the auxiliary loss counted as
     * much as the other, nothing else.
     */
    public static Builder of(long seed, int epochs, int batchSize, double learningRate) {
        return new Builder(seed, epochs, batchSize, learningRate);
    }

    /** What a recipe is made of, each setting by its name; one that is not given stays plain. */
    public static final class Builder {
        private static final double CLIP_NORM = 10;

        private final long seed;
        private final int epochs;
        private final int batchSize;
        private final double learningRate;
        private double learningRateDecay = 1;
        private Schedule schedule = Schedule.STEP;
        private double weightDecay;
        private double clipNorm = CLIP_NORM;
        private double auxiliaryWeight = 1;
        private boolean auxiliaryNetwork;
        private boolean freshNegatives;
        private boolean freshEmbeddings;
        private boolean uniformNegatives;
        private double unknownRate;
        private double averaging;
        private boolean wholeRequests;
        private int patience;
        private double embeddingRate = 1;

        private Builder(long seed, int epochs, int batchSize, double learningRate) {
            this.seed = seed;
            this.epochs = epochs;
            this.batchSize = batchSize;
            this.learningRate = learningRate;
        }

        /** {@link Recipe#learningRateDecay}. */
        public Builder learningRateDecay(double value) {
            learningRateDecay = value;
            return this;
        }

        /** {@link Recipe#schedule}. */
        public Builder schedule(Schedule value) {
            schedule = value;
            return this;
        }

        /** {@link Recipe#weightDecay}. */
        public Builder weightDecay(double value) {
            weightDecay = value;
            return this;
        }

        /** {@link Recipe#clipNorm}. */
        public Builder clipNorm(double value) {
            clipNorm = value;
            return this;
        }

        /** {@link Recipe#auxiliaryWeight}. */
        public Builder auxiliaryWeight(double value) {
            auxiliaryWeight = value;
            return this;
        }

        /** {@link Recipe#auxiliaryNetwork}. */
        public Builder auxiliaryNetwork(boolean value) {
            auxiliaryNetwork = value;
            return this;
        }

        /** {@link Recipe#freshNegatives}. */
        public Builder freshNegatives(boolean value) {
            freshNegatives = value;
            return this;
        }

        /** {@link Recipe#freshEmbeddings}. */
        public Builder freshEmbeddings(boolean value) {
            freshEmbeddings = value;
            return this;
        }

        /** {@link Recipe#uniformNegatives}. */
        public Builder uniformNegatives(boolean value) {
            uniformNegatives = value;
            return this;
        }

        /** {@link Recipe#unknownRate}. */
        public Builder unknownRate(double value) {
            unknownRate = value;
            return this;
        }

        /** {@link Recipe#averaging}. */
        public Builder averaging(double value) {
            averaging = value;
            return this;
        }

        /** {@link Recipe#wholeRequests}. */
        public Builder wholeRequests(boolean value) {
            wholeRequests = value;
            return this;
        }

        /** {@link Recipe#patience}. */
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        /**
         * {@link Recipe#embeddingRate}.
         *
         * @throws IllegalArgumentException where it is not above 0, which in old manifests is 1
         */
        public Builder embeddingRate(double value) {
            check(value > 0, "embeddingRate", value);
            embeddingRate = value;
            return this;
        }

        /**
         * @throws IllegalArgumentException naming a setting that is out of its range
         */
        public Recipe build() {
            return new Recipe(
                    seed,
                    epochs,
                    batchSize,
                    learningRate,
                    learningRateDecay,
                    schedule,
                    weightDecay,
                    clipNorm,
                    auxiliaryWeight,
                    auxiliaryNetwork,
                    freshNegatives,
                    freshEmbeddings,
                    uniformNegatives,
                    unknownRate,
                    averaging,
                    wholeRequests,
                    patience,
                    embeddingRate);
        }
    }

    private static void check(boolean good, String name, Number value) {
        if (!good) {
            throw new IllegalArgumentException(name + "=" + value);
        }
    }

    /** How the learning rate falls. */
    public enum Schedule {
        /** By {@code learningRateDecay} after each epoch, the paper's. */
        STEP,
        /** Evenly from its first value to 0 at the end of the last epoch. */
        LINEAR
    }

    /**
     * Adam's learning rate.
     *
     * @param epoch from 0
     * @param share of the epoch that is done, 0 to 1
     */
    public double learningRate(int epoch, double share) {
        return switch (schedule) {
            case STEP -> learningRate * Math.pow(learningRateDecay, epoch);
            case LINEAR -> learningRate * Math.max(0, 1 - (epoch + share) / epochs);
        };
    }
}
