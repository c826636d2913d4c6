package io.dienstream.datasets.offline;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.LabeledCandidate;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Candidates of a split with an id that the vocabulary of the data set lacks: training saw it less
 * often than --min-count, as a rule never. Where negatives were drawn from what training saw, each
 * of them is a click, and a model that ranks the unknown high is better there than it will be in
 * service.
 *
 * @param candidates of the split
 * @param unseen of them with such an id
 * @param clicked of those
 * @param drawn candidates that nobody was shown: negatives that preparation drew
 */
public record UnseenAds(long candidates, long unseen, long clicked, long drawn) {

    /** Counts them in a split. */
    public static UnseenAds of(Dataset dataset, Split split) throws IOException {
        Map<String, Set<String>> known = new HashMap<>();
        List<ModelConfig.Field> fields = dataset.manifest().adFields();
        Map<String, List<String>> vocabularies = dataset.vocabularies();
        for (ModelConfig.Field f : fields) {
            List<String> ids = vocabularies.getOrDefault(f.embedding(), List.of());
            known.computeIfAbsent(f.name(), n -> new HashSet<>()).addAll(ids);
        }
        long[] counts = new long[4];
        dataset.forEach(
                split,
                e -> {
                    for (LabeledCandidate c : e.getCandidates()) {
                        boolean unseen = isUnseen(c.getFields(), known);
                        counts[0]++;
                        counts[1] += unseen ? 1 : 0;
                        counts[2] += unseen && c.getClicked() ? 1 : 0;
                        counts[3] += c.getSampled() ? 1 : 0;
                    }
                });
        return new UnseenAds(counts[0], counts[1], counts[2], counts[3]);
    }

    /** A field that is not there is no id. */
    private static boolean isUnseen(Map<String, String> fields, Map<String, Set<String>> known) {
        for (Map.Entry<String, Set<String>> k : known.entrySet()) {
            String id = fields.get(k.getKey());
            if (id != null && !id.isEmpty() && !k.getValue().contains(id)) {
                return true;
            }
        }
        return false;
    }

    /** Whether such an ad can be told for a click. */
    public boolean areAllClicks() {
        return unseen > 0 && unseen == clicked;
    }

    /** What a reader of figures of {@code split} has to know; empty where there is nothing. */
    public String note(Split split) {
        if (unseen == 0) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%,d of %,d candidates have an id that the data set's vocabulary lacks, %,d of them clicked%s",
                unseen,
                candidates,
                clicked,
                split != Split.TRAIN && areAllClicks() && drawn > 0
                        ? ": negatives come from what training saw, so what is unknown is a click;"
                                + " dien prepare --test-negatives contemporary draws them from the clicks' own time"
                        : "");
    }
}
