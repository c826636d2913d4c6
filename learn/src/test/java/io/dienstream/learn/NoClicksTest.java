package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.evaluation.Quality;
import io.dienstream.evaluation.Scored;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.fit.Recipe;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of what nobody clicked nothing is learned, and nothing is published. */
class NoClicksTest {
    private static final long SEED = 28;
    private static final int REQUESTS = 50;

    @TempDir private Path directory;

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);
    private final MemoryPlan plan = new MemoryPlan();

    private LearningRound.Outcome round(long leastRequests) throws Exception {
        try (Artifacts artifacts = Artifacts.open(directory.resolve("artifacts"))) {
            return new LearningRound(
                            new LearningRound.Settings(
                                    directory.resolve("sink").toString(),
                                    null,
                                    0.2,
                                    leastRequests,
                                    Immature.AS_IT_IS,
                                    Recipe.of(SEED, 1, 64, 0.01).build(),
                                    false,
                                    new Comparison.Margins(0.005, 0.01, 0.1),
                                    1),
                            plan,
                            artifacts,
                            out,
                            out)
                    .run();
        }
    }

    @Test
    void aRoundWithoutClicksSaysSoAndDoesNothing() throws Exception {
        List<TrainingExample> examples = new ArrayList<>();
        for (int n = 0; n < REQUESTS; n++) {
            examples.add(SinkFiles.example("r" + n, 1_000 + n, false, false));
        }
        SinkFiles.write(directory.resolve("sink/examples/part.avro"), examples);
        plan.artifact = directory.resolve("live");
        RandomModels.write(
                plan.artifact,
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 8),
                SEED);
        long before = plan.revision;
        assertThat(round(10)).isEqualTo(LearningRound.Outcome.NOTHING_NEW);
        assertThat(text.toString())
                .contains(
                        "40 new requests since version configured learned, and not one click:"
                                + " nothing is done");
        assertThat(plan.revision).isEqualTo(before);
        assertThat(plan.underWay).isNull();
        try (Stream<Path> left = Files.list(directory.resolve("artifacts"))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
        assertThat(round(100)).isEqualTo(LearningRound.Outcome.NOTHING_NEW);
        assertThat(text.toString())
                .as("it would wait for more anyway")
                .contains("40 new requests since version configured learned: nothing is done");
    }

    private static Quality quality(boolean... clicked) {
        Scored scored = new Scored();
        for (int n = 0; n < clicked.length; n++) {
            scored.add("u" + n, 0.2f + 0.1f * n, clicked[n]);
        }
        return Quality.of(scored);
    }

    @Test
    void aComparisonOnExamplesWithoutBothLabelsPublishesNothing() {
        Comparison.Margins wide = new Comparison.Margins(1, 100, 100);
        for (boolean[] labels : new boolean[][] {{false, false, false}, {true, true, true}}) {
            assertThat(new Comparison(quality(labels), quality(labels)).objection(wide))
                    .isEqualTo(
                            "the newest examples have not both clicks and others: nothing can be"
                                    + " measured");
        }
        Quality both = quality(false, true, false);
        assertThat(new Comparison(both, both).objection(wide)).isNull();
    }
}
