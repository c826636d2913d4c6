package io.dienstream.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.DatasetWriter;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.fit.ModelConfigs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
    private static final int BATCH = 16;

    @TempDir private Path directory;
    private Dataset dataset;
    private ModelConfig config;
    private ExampleEncoder encoder;

    @BeforeEach
    void prepare() throws IOException {
        dataset = SmallDataset.write(directory.resolve("data"), 500, 2);
        config =
                new ModelConfigs(
                                "m",
                                "1",
                                Architecture.DIEN,
                                AttentionType.BILINEAR,
                                GateForm.PAPER,
                                4,
                                Map.of(),
                                List.of(8))
                        .of(dataset.manifest());
        encoder = new ExampleEncoder(config, dataset.vocabularies());
    }

    /** One text an example: its ad, label and history. */
    private static List<String> examples(Batch batch) {
        List<String> texts = new ArrayList<>();
        for (int b = 0; b < batch.size; b++) {
            StringBuilder text = new StringBuilder();
            int at = batch.history[b] * batch.steps;
            text.append(batch.ads[0][b]).append(' ').append(batch.labels[b]);
            for (int t = 0; t < batch.steps; t++) {
                if (batch.mask[at + t] == 1) {
                    text.append(' ').append(batch.behaviors[0][at + t]);
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private List<String> pass(Batches batches, int epoch) throws IOException {
        List<String> seen = new ArrayList<>();
        batches.shuffled(
                7,
                epoch,
                null,
                null,
                batch -> {
                    assertThat(batch.size).isBetween(2, BATCH + 1);
                    seen.addAll(examples(batch));
                });
        return seen;
    }

    private List<String> stored() throws IOException {
        List<String> all = new ArrayList<>();
        new Batches(dataset, encoder, config, BATCH, 0, false)
                .inOrder(Split.TRAIN, batch -> all.addAll(examples(batch)));
        return all;
    }

    @Test
    void aPassHasEveryExampleOnceInAnOrderOfSeedAndEpoch() throws IOException {
        Batches batches = new Batches(dataset, encoder, config, BATCH, 0, false);
        List<String> first = pass(batches, 0);
        assertThat(first).hasSize(1000).containsExactlyInAnyOrderElementsOf(stored());
        assertThat(pass(batches, 0)).isEqualTo(first);
        assertThat(pass(batches, 1)).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBufferSmallerThanTheDataLosesNothing(boolean wholeRequests) throws IOException {
        Batches batches = new Batches(dataset, encoder, config, BATCH, 0, wholeRequests, 300);
        assertThat(pass(batches, 0)).containsExactlyInAnyOrderElementsOf(stored());
    }

    @Test
    void wholeRequestsShareTheirHistoryAndAreShuffledLikeAnyOther() throws IOException {
        Batches batches = new Batches(dataset, encoder, config, BATCH, 0, true);
        long[] counts = new long[2];
        batches.shuffled(
                7,
                0,
                null,
                null,
                batch -> {
                    counts[0] += batch.size;
                    counts[1] += batch.histories;
                });
        assertThat(counts[0]).isEqualTo(1000);
        assertThat(counts[1])
                .as("500 requests, but for those that a batch's end divides")
                .isBetween(500L, 530L);
        List<String> first = pass(batches, 0);
        assertThat(first).containsExactlyInAnyOrderElementsOf(stored());
        assertThat(pass(batches, 0)).isEqualTo(first);
        assertThat(pass(batches, 1)).isNotEqualTo(first);
    }

    @Test
    void negativeBehaviorsStandWhereBehaviorsDoAndAreOthers() throws IOException {
        Negatives negatives = new Negatives(dataset.catalog(), encoder, false, 0);
        new Batches(dataset, encoder, config, BATCH, 0, false)
                .shuffled(
                        1,
                        0,
                        negatives,
                        null,
                        batch -> {
                            for (int i = 0; i < batch.mask.length; i++) {
                                int drawn = batch.negatives[0][i];
                                if (batch.mask[i] == 1) {
                                    assertThat(drawn).isPositive();
                                    assertThat(drawn).isNotEqualTo(batch.behaviors[0][i]);
                                } else {
                                    assertThat(drawn).isZero();
                                }
                            }
                        });
    }

    @Test
    void unknownIdsComeAtTheirRate() throws IOException {
        long[] counts = new long[2];
        new Batches(dataset, encoder, config, BATCH, 0.25, false)
                .shuffled(
                        1,
                        0,
                        null,
                        null,
                        batch -> {
                            counts[0] += batch.size;
                            counts[1] += Arrays.stream(batch.ads[0]).filter(r -> r == 0).count();
                        });
        assertThat(counts[1] / (double) counts[0]).isBetween(0.19, 0.31);
    }

    /** Were only one of the two masked, row 0 would tell what happened from what did not. */
    @Test
    void negativeBehaviorsAreUnknownAsOftenAsBehaviors() throws IOException {
        Negatives negatives = new Negatives(dataset.catalog(), encoder, false, 0.25);
        long[] unknown = new long[2];
        long[] real = {0};
        new Batches(dataset, encoder, config, BATCH, 0.25, false)
                .shuffled(
                        1,
                        0,
                        negatives,
                        null,
                        batch -> {
                            for (int i = 0; i < batch.mask.length; i++) {
                                if (batch.mask[i] == 1) {
                                    real[0]++;
                                    unknown[0] += batch.behaviors[0][i] == 0 ? 1 : 0;
                                    unknown[1] += batch.negatives[0][i] == 0 ? 1 : 0;
                                }
                            }
                        });
        assertThat(unknown[0] / (double) real[0]).isBetween(0.22, 0.28);
        assertThat(unknown[1] / (double) real[0]).isBetween(0.22, 0.28);
    }

    /** One example more than a window of {@link Batches#WINDOW} batches. */
    @Test
    void anExampleThatIsLeftOverIsNoBatchOfItsOwn() throws IOException {
        Path odd = directory.resolve("odd");
        try (DatasetWriter writer = new DatasetWriter(odd, 1, 1)) {
            int[] written = {0};
            dataset.forEach(
                    Split.TRAIN,
                    e -> {
                        if (written[0]++ <= BATCH * Batches.WINDOW) {
                            var one = TrainingExample.newBuilder(e);
                            writer.write(
                                    Split.TRAIN,
                                    one.setCandidates(e.getCandidates().subList(0, 1)).build());
                        }
                    });
            Manifest m = dataset.manifest();
            Manifest smaller =
                    new Manifest(
                            m.format(),
                            m.name(),
                            m.behaviorFields(),
                            m.adFields(),
                            m.userFields(),
                            m.contextFields(),
                            m.maxLength(),
                            m.settings(),
                            writer.counts(),
                            m.vocabularies(),
                            m.sources(),
                            m.refusedLines());
            writer.finish(smaller, dataset.vocabularies(), dataset.catalog());
        }
        Batches batches = new Batches(Dataset.open(odd), encoder, config, BATCH, 0, false);
        assertThat(pass(batches, 0)).hasSize(BATCH * Batches.WINDOW + 1);
    }

    @Test
    void onlySampledCandidatesAreDrawnAnewAndNeverTheClickedAd() {
        Negatives negatives;
        try {
            negatives = new Negatives(dataset.catalog(), encoder, true, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        int[] clicked = encoder.ad(Map.of("item", "i3", "category", "c3"));
        int[] ads = {clicked[0], clicked[1], 5, 5};
        EncodedExample e =
                new EncodedExample(
                        new int[0],
                        new int[0],
                        new int[0],
                        ads,
                        new boolean[] {true, false},
                        new boolean[] {false, true});
        java.util.Random random = new java.util.Random(1);
        boolean changed = false;
        for (int i = 0; i < 300; i++) {
            EncodedExample drawn = negatives.redraw(e, random);
            assertThat(Arrays.copyOf(drawn.ads(), 2)).isEqualTo(clicked);
            assertThat(drawn.ads()[2]).isNotEqualTo(clicked[0]);
            changed |= drawn.ads()[2] != 5;
        }
        assertThat(changed).isTrue();
    }
}
