package io.dienstream.train.command;

import picocli.CommandLine.Option;

/** How fast embeddings learn, for whatever trains. */
public final class EmbeddingRateMixin {
    @Option(
            names = "--embedding-rate",
            defaultValue = "1",
            description = {
                "Factor of the learning rate for embeddings: above 1 new ids find their place before",
                "the network moves far. Default: ${DEFAULT-VALUE}."
            })
    private double rate;

    /** As the option says. */
    public double rate() {
        return rate;
    }
}
