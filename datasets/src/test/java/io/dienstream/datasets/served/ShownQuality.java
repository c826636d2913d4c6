package io.dienstream.datasets.served;

import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.evaluation.online.Outcome;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How good an artifact is on what was shown, as the learning job sums it up. */
public final class ShownQuality {
    private ShownQuality() {}

    /** What scores examples with the artifact at {@code path}. */
    public static ExampleScorer scorer(Path path) throws IOException {
        return new ExampleScorer(new Scorer(ModelReader.read(path), KernelsProvider.get()));
    }

    /** Sums over {@code shown}, each example of a user of its own. */
    public static QualitySums sums(ExampleScorer scorer, List<TrainingExample> shown) {
        QualitySums sums = new QualitySums();
        for (TrainingExample e : shown) {
            scorer.score(e);
            List<Outcome> outcomes = new ArrayList<>();
            for (int n = 0; n < e.getCandidates().size(); n++) {
                outcomes.add(
                        Outcome.of(scorer.scores().pctr(n), e.getCandidates().get(n).getClicked()));
            }
            sums.merge(QualitySums.ofUser(outcomes));
        }
        return sums;
    }
}
