package io.dienstream.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.fit.ModelConfigs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What examples count, of sampled negatives and of labels for which clicks may still come. */
class BatchWeightsTest {
    @TempDir private Path directory;
    private ModelConfig config;
    private ExampleEncoder encoder;
    private TrainingExample example;

    @BeforeEach
    void prepare() throws IOException {
        Dataset dataset = SmallDataset.write(directory.resolve("data"), 8, 2);
        config =
                new ModelConfigs(
                                "m",
                                "1",
                                Architecture.DIN,
                                AttentionType.BILINEAR,
                                GateForm.PAPER,
                                4,
                                Map.of(),
                                List.of(8))
                        .of(dataset.manifest());
        encoder = new ExampleEncoder(config, dataset.vocabularies());
        List<TrainingExample> examples = new ArrayList<>();
        dataset.forEach(Split.TRAIN, e -> examples.add(TrainingExample.newBuilder(e).build()));
        example = examples.get(0);
    }

    /** Candidates of the example: one clicked, one not. */
    private Batch batch(Double rate, Double ofClick, Double ofNone) {
        set(example.getCandidates().get(0), true, rate, ofClick);
        set(example.getCandidates().get(1), false, rate, ofNone);
        EncodedExample encoded = encoder.encode(example).withUnknown(0, new Random(1));
        return new Batch(
                config,
                List.of(new Batch.Row(encoded, 0), new Batch.Row(encoded, 1)),
                null,
                new Random(1));
    }

    private static void set(LabeledCandidate c, boolean clicked, Double rate, Double weight) {
        c.setClicked(clicked);
        c.setSamplingRate(rate);
        c.setWeight(weight);
    }

    @Test
    void finalLabelsOfKeptCandidatesCountOne() {
        Batch plain = batch(null, null, null);
        assertThat(plain.weights).isNull();
        assertThat(plain.importance).isNull();
    }

    @Test
    void aLabelsWeightCountsInTheLossAndInMeasures() {
        Batch young = batch(null, 1.25, 0.75);
        assertThat(young.weights).containsExactly(1.25f, 0.75f);
        assertThat(young.importance).containsExactly(1.25f, 0.75f);
        assertThat(batch(null, null, 0.75).weights).containsExactly(1, 0.75f);
    }

    /**
     * In the loss the offset stands for the negatives that are not there, and in measures 1 / w.
     */
    @Test
    void aSampledCandidateCountsItsWeightBesideItsRate() {
        Batch both = batch(0.25, 1.25, 0.75);
        assertThat(both.weights).as("a late click stands for four").containsExactly(5, 0.75f);
        assertThat(both.importance).containsExactly(5, 3);
        Batch sampled = batch(0.25, null, null);
        assertThat(sampled.weights).containsExactly(4, 1);
        assertThat(sampled.importance).containsExactly(4, 4);
    }
}
