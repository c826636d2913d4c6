package io.dienstream.datasets.served;

import static io.dienstream.datasets.served.SinkFiles.correction;
import static io.dienstream.datasets.served.SinkFiles.example;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.format.DatasetException;
import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.format.Sha256;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedDatasetTest {
    private static final TimeOrderedSettings ALL = new TimeOrderedSettings(0, 0, 100, 1, 7);

    @TempDir private Path directory;

    private Path sink(String file) {
        return directory.resolve("sink").resolve(file);
    }

    private ServedDataset read(long mostBad, TimeOrderedSettings settings) throws IOException {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        return ServedDataset.write(
                SinkDirectory.open(directory.resolve("sink"), mostBad),
                settings,
                scratch,
                scratch.resolve("data"));
    }

    private static List<TrainingExample> examples(ServedDataset served, Split split)
            throws IOException {
        List<TrainingExample> examples = new ArrayList<>();
        served.data().forEach(split, e -> examples.add(TrainingExample.newBuilder(e).build()));
        return examples;
    }

    private static List<String> ids(ServedDataset served, Split split) throws IOException {
        return examples(served, split).stream().map(TrainingExample::getRequestId).toList();
    }

    @Test
    void examplesComeOnceInTheOrderInWhichTheirLabelsBecameFinal() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        List<String> order = new ArrayList<>();
        for (int n = 0; n < 50; n++) {
            all.add(example("r%02d".formatted(n), 1000 + n / 2, n % 2 == 0, false));
            order.add("r%02d".formatted(n));
        }
        all.addAll(all.subList(10, 20)); // what an at-least-once writer leaves behind
        Collections.shuffle(all, new Random(3));
        SinkFiles.write(sink("examples/dt=2026-01-01/hour=00/part-1.avro"), all.subList(0, 30));
        SinkFiles.write(sink("examples/dt=2026-01-01/hour=01/part-0.avro"), all.subList(30, 60));
        ServedDataset served = read(0, ALL);
        assertThat(ids(served, Split.TRAIN)).isEqualTo(order);
        assertThat(served.repeated()).isEqualTo(10);
        assertThat(served.trainedUntil()).isEqualTo(1024);
    }

    /** A stream serves whatever ids it is sent. */
    @Test
    void whatNoVocabularyCanHoldStaysUnknown() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        List<String> items =
                List.of("good", "in\rside", "a\nb", "end\r", "\uFEFFmark", "x".repeat(1 << 16));
        for (String item : items) {
            TrainingExample example = example("r" + all.size(), 1000 + all.size(), true, false);
            example.getCandidates().get(0).setFields(Map.of("item", item, "category", "c"));
            all.add(example);
        }
        SinkFiles.write(sink("part.avro"), all);
        ServedDataset served = read(0, ALL);
        assertThat(served.data().vocabularies().get("item"))
                .containsExactlyInAnyOrder("z", "b", "good", "in\rside");
    }

    /**
     * The lowest of what the job has measured since the first example; nothing where it has not.
     */
    @Test
    void theCoverageIsTheLowestThatAnExampleTells() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        for (Double told : new Double[] {null, 0.997, 0.995, 0.999}) {
            TrainingExample example = example("r" + all.size(), 1000 + all.size(), true, false);
            example.setClickCoverage(told);
            all.add(example);
        }
        SinkFiles.write(sink("part.avro"), all);
        assertThat(read(0, ALL).clickCoverage()).isEqualTo(0.995);
        assertThat(
                        ServedDataset.write(
                                        SinkDirectory.open(
                                                SinkFiles.write(
                                                                directory.resolve(
                                                                        "untold/part.avro"),
                                                                all.subList(0, 1))
                                                        .getParent(),
                                                0),
                                        ALL,
                                        Files.createDirectory(directory.resolve("scratch-2")),
                                        directory.resolve("scratch-2/data"))
                                .clickCoverage())
                .isNull();
    }

    /** Two files of jobs with other waits: the longer one holds. Half an hour is W of the files. */
    @Test
    void labelsYoungerThanTheWaitForCorrectionsAreImmature() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        for (int n = 0; n < 10; n++) {
            all.add(example("r" + n, 1000 + n, true, false));
        }
        TimeOrderedSettings settings = new TimeOrderedSettings(0.2, 0.1, 100, 1, 7);
        SinkFiles.write(sink("a.avro"), all.subList(0, 5), "1");
        String told = Long.toString(SinkFiles.WAIT + 4);
        SinkFiles.write(sink("b.avro"), all.subList(5, 10), told);
        ServedDataset served = read(0, settings);
        assertThat(served.correctionWaitMs()).isEqualTo(SinkFiles.WAIT + 4);
        assertThat(served.immature())
                .as("the newest four of ten requests, of two ads each")
                .isEqualTo(Map.of(Split.TRAIN, 2L, Split.VALIDATION, 4L, Split.TEST, 2L));
        Path scratch = Files.createDirectory(directory.resolve("given"));
        ServedDataset given =
                ServedDataset.write(
                        SinkDirectory.open(directory.resolve("sink"), 0),
                        settings.withImmature(new Immature(Immature.Weighting.NONE, 1L)),
                        scratch,
                        scratch.resolve("data"));
        assertThat(given.correctionWaitMs()).as("what is given holds").isEqualTo(1);
        assertThat(given.immature()).isEmpty();
        SinkFiles.write(sink("a.avro"), all.subList(0, 5), "long");
        assertThatThrownBy(
                        () -> SinkDirectory.open(directory.resolve("sink"), 0).read(new Nothing()))
                .hasMessageContaining(
                        "a.avro: has dien.labels.correction-wait-ms = 'long', no number");
    }

    private static final class Nothing implements ServedSource.Consumer {
        @Override
        public void example(TrainingExample example) {
            assertThat(example.getCandidates()).isNotEmpty();
        }

        @Override
        public void correction(LabelCorrection correction) {
            assertThat(correction).isNotNull();
        }
    }

    @Test
    void theNewestRequestsAreTheTestAndThoseBeforeThemValidation() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        for (int n = 0; n < 10; n++) {
            all.add(example("r" + n, 1000 + n, true, false));
        }
        SinkFiles.write(sink("part.avro"), all);
        ServedDataset served = read(0, new TimeOrderedSettings(0.2, 0.1, 100, 1, 7));
        assertThat(ids(served, Split.TEST)).containsExactly("r9");
        assertThat(ids(served, Split.VALIDATION)).containsExactly("r7", "r8");
        assertThat(ids(served, Split.TRAIN)).hasSize(7);
        assertThat(served.trainedUntil()).as("the test is not trained on").isEqualTo(1008);
        assertThat(served.data().vocabularies().get("item")).containsExactly("a", "b", "z");
        assertThat(served.data().catalog())
                .filteredOn(ad -> ad.count() > 0)
                .as("drawn in proportion to behaviors")
                .singleElement()
                .satisfies(ad -> assertThat(ad.fields()).containsEntry("item", "z"));
    }

    @Test
    void theCorrectionOfTheHighestRevisionChangesTheLabel() throws IOException {
        TrainingExample late = example("late", 1000, false, false);
        late.getCandidates().get(1).setSamplingRate(0.25);
        TrainingExample other = example("other", 1001, true, false);
        SinkFiles.write(sink("examples/part.avro"), List.of(late, other));
        SinkFiles.write(
                sink("corrections/part.avro"),
                List.of(
                        correction(late, "b", 2),
                        correction(late, "b", 1),
                        correction(late, "no such ad", 1)));
        ServedDataset served = read(0, ALL);
        var corrected = examples(served, Split.TRAIN).get(0).getCandidates().get(1);
        assertThat(corrected.getClicked()).isTrue();
        assertThat(corrected.getClickedAt()).isEqualTo(late.getClosedAt() + 2);
        assertThat(corrected.getSamplingRate()).as("it was kept as a negative").isEqualTo(0.25);
        assertThat(examples(served, Split.TRAIN).get(0).getCandidates().get(0).getClicked())
                .isFalse();
        assertThat(served.corrections()).isEqualTo(2);
        assertThat(served.corrected()).isEqualTo(1);
    }

    /** Both classes have it: the offset of the loss is of the data, not of the negatives. */
    @Test
    void theRateOfNegativesIsThatOfTheExampleElseOfItsCandidatesElseTheOneInForce()
            throws IOException {
        TrainingExample says = example("r1", 1000, true);
        says.setNegativeRate(0.5);
        TrainingExample negative = example("r2", 1001, false);
        negative.getCandidates().get(0).setSamplingRate(0.25);
        TrainingExample clickedOnly = example("r3", 1002, true);
        TrainingExample full = example("r4", 1003, true, false);
        SinkFiles.write(sink("part.avro"), List.of(full, clickedOnly, negative, says));
        assertThat(examples(read(0, ALL), Split.TRAIN))
                .extracting(TrainingExample::getNegativeRate)
                .containsExactly(0.5, 0.25, 0.25, null);
    }

    /** What a candidate's place did to its label nobody knows when it is scored. */
    @Test
    void positionAndPropensityAreNeverFeatures() throws IOException {
        List<TrainingExample> all = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            TrainingExample e = example("r" + n, 1000 + n, true, false);
            for (int place = 0; place < 2; place++) {
                e.getCandidates().get(place).setPosition(1 + place);
                e.getCandidates().get(place).setPropensity(0.5);
            }
            all.add(e);
        }
        SinkFiles.write(sink("part.avro"), all);
        ServedDataset served = read(0, ALL);
        Manifest manifest = served.data().manifest();
        assertThat(manifest.adFields())
                .extracting(ModelConfig.Field::name)
                .containsExactlyInAnyOrder("item", "category");
        assertThat(manifest.behaviorFields())
                .extracting(ModelConfig.Field::name)
                .containsExactlyInAnyOrder("item", "category");
        assertThat(manifest.userFields()).isEmpty();
        assertThat(manifest.contextFields()).isEmpty();
        assertThat(served.data().vocabularies()).containsOnlyKeys("item", "category");
        assertThat(examples(served, Split.TRAIN))
                .flatExtracting(TrainingExample::getCandidates)
                .as("kept for analysis, beside the fields")
                .hasSize(8)
                .allSatisfy(
                        c -> {
                            assertThat(c.getFields()).containsOnlyKeys("item", "category");
                            assertThat(c.getPosition()).isPositive();
                        });
    }

    @Test
    void whatIsStillBeingWrittenIsNotRead() throws IOException {
        SinkFiles.write(sink("part.avro"), List.of(example("r1", 1000, true, false)));
        SinkFiles.write(sink(".part-2.avro"), List.of(example("r2", 1000, true, false)));
        SinkFiles.write(sink("_tmp/part-3.avro"), List.of(example("r3", 1000, true, false)));
        Files.writeString(sink(".part-0.inprogress.7f"), "half");
        ServedDataset served = read(0, ALL);
        assertThat(ids(served, Split.TRAIN)).containsExactly("r1");
        assertThat(served.data().manifest().sources())
                .containsExactly(
                        new Manifest.Source(
                                "part.avro",
                                Files.size(sink("part.avro")),
                                Sha256.of(sink("part.avro"))));
    }

    @Test
    void aFileThatWasCutOffIsNamedAndRefusedUnlessItIsPutUpWith() throws IOException {
        List<TrainingExample> many = new ArrayList<>();
        for (int n = 0; n < 3000; n++) {
            many.add(example("r%04d".formatted(n), 1000 + n, true, false));
        }
        byte[] whole = Files.readAllBytes(SinkFiles.write(sink("a.avro"), many));
        Files.write(sink("cut.avro"), Arrays.copyOf(whole, whole.length * 2 / 3));
        Files.delete(sink("a.avro"));
        SinkFiles.write(sink("good.avro"), List.of(example("x", 900, true, false)));
        SinkDirectory strict = SinkDirectory.open(directory.resolve("sink"), 0);
        assertThatThrownBy(
                        () ->
                                ServedDataset.write(
                                        strict, ALL, directory, directory.resolve("data")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("cut.avro: is damaged or was cut off after")
                .hasMessageContaining("--max-bad-files");
        assertThat(directory.resolve("data")).doesNotExist();
        ServedDataset served = read(1, ALL);
        assertThat(served.refused()).isEqualTo(1);
        assertThat(ids(served, Split.TRAIN)).contains("x", "r0000").hasSizeBetween(1000, 2500);
    }

    @Test
    void otherFilesAndNoFilesAreRefusedByName() throws IOException {
        Files.createDirectories(directory.resolve("sink"));
        assertThatThrownBy(() -> SinkDirectory.open(directory.resolve("sink"), 0))
                .hasMessageContaining("neither a data set");
        Files.writeString(sink("text.avro"), "no container");
        assertThatThrownBy(() -> read(0, ALL))
                .hasMessageContaining("text.avro: is no Avro container");
    }
}
