package io.dienstream.datasets.log;

import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Holds the fields of a log against those of the model that will score it. A log may have more
 * fields than a model, and some may be absent; but where one of the model's is absent and a name
 * much like it is there, it was misspelt, and everything would be scored as if it were unknown.
 */
public final class ModelFields implements Serializable {
    private static final long serialVersionUID = 1;

    private final String[] behavior;
    private final String[] ad;

    public ModelFields(ModelConfig config) {
        behavior = names(config.behaviorFields());
        ad = names(config.adFields());
    }

    private static String[] names(List<ModelConfig.Field> fields) {
        return fields.stream().map(ModelConfig.Field::name).toArray(String[]::new);
    }

    /** Refuses a behavior with a misspelt field. */
    public void checkBehavior(Map<String, String> fields) throws LineException {
        check("a behavior", fields, behavior);
    }

    /** Refuses an ad with a misspelt field. */
    public void checkAd(Map<String, String> fields) throws LineException {
        check("a candidate", fields, ad);
    }

    /** Refuses a request one of whose behaviors or candidates has a misspelt field. */
    public void check(RequestLog.Line line) throws LineException {
        for (Behavior b : line.behaviors()) {
            checkBehavior(b.getFields());
        }
        for (Candidate c : line.request().getCandidates()) {
            checkAd(c.getFields());
        }
    }

    private static void check(String what, Map<String, String> fields, String[] names)
            throws LineException {
        List<String> known = List.of(names);
        if (fields.keySet().containsAll(known)) {
            return;
        }
        List<String> absent = known.stream().filter(k -> !fields.containsKey(k)).toList();
        for (String name : fields.keySet()) {
            if (!known.contains(name) && Spelling.nearest(name, absent).isPresent()) {
                throw new LineException(
                        "%s of this model has no field '%s'%s"
                                .formatted(what, name, Spelling.hint(name, absent)));
            }
        }
    }
}
