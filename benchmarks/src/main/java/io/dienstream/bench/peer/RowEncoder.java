package io.dienstream.bench.peer;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.Candidate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Ids to rows of the embeddings, by the vocabularies of an artifact. */
final class RowEncoder {
    final Model model;
    private final String[] behaviorFields;
    private final String[] adFields;
    private final IdEncoding[] behaviorEncodings;
    private final IdEncoding[] adEncodings;

    /**
     * @throws IOException where the artifact is refused
     */
    RowEncoder(Path artifact) throws IOException {
        model = ModelReader.read(artifact);
        ModelConfig config = model.config();
        behaviorFields = OnnxGraph.names(config.behaviorFields()).toArray(String[]::new);
        adFields = OnnxGraph.names(config.adFields()).toArray(String[]::new);
        behaviorEncodings = model.encodingsOf(config.behaviorFields());
        adEncodings = model.encodingsOf(config.adFields());
    }

    /** Fields of a behavior. */
    int behaviorFields() {
        return behaviorFields.length;
    }

    /** Fields of a candidate. */
    int adFields() {
        return adFields.length;
    }

    /** [behavior fields]. */
    int[] behavior(Map<String, String> fields) {
        return rows(fields, behaviorFields, behaviorEncodings);
    }

    /** [N][ad fields]. */
    int[][] candidates(List<Candidate> candidates) {
        int[][] rows = new int[candidates.size()][];
        for (int n = 0; n < rows.length; n++) {
            rows[n] = rows(candidates.get(n).getFields(), adFields, adEncodings);
        }
        return rows;
    }

    private static int[] rows(Map<String, String> fields, String[] names, IdEncoding[] encodings) {
        int[] rows = new int[names.length];
        for (int f = 0; f < rows.length; f++) {
            rows[f] = encodings[f].row(fields.get(names[f]));
        }
        return rows;
    }

    /** How many of a candidate's rows are row 0. */
    static int unknown(int[] rows) {
        int unknown = 0;
        for (int row : rows) {
            unknown += row == 0 ? 1 : 0;
        }
        return unknown;
    }
}
