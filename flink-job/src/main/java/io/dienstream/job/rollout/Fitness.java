package io.dienstream.job.rollout;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.ModelConfig.Field;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a version can answer the requests that the live one answers. */
final class Fitness {
    private Fitness() {}

    /**
     * What {@code other} lacks, or null. Requests with a user or context field that a model does
     * not have are refused, so it must have all of the live one's; behaviors and candidates lose
     * such fields, so it must know one of them at least.
     */
    static String lacking(Scorer live, Scorer other) {
        ModelConfig has = live.model().config();
        ModelConfig offers = other.model().config();
        String user = missing("user", has.userFields(), offers.userFields());
        String context = missing("context", has.contextFields(), offers.contextFields());
        if (user != null || context != null) {
            return user != null ? user : context;
        }
        if (!shares(has.behaviorFields(), offers.behaviorFields())) {
            return "it knows none of the behavior fields of the live version: "
                    + names(has.behaviorFields());
        }
        return shares(has.adFields(), offers.adFields())
                ? null
                : "it knows none of the ad fields of the live version: " + names(has.adFields());
    }

    private static String missing(String kind, List<Field> has, List<Field> offers) {
        Set<String> missing = names(has);
        missing.removeAll(names(offers));
        return missing.isEmpty()
                ? null
                : "it has not the %s fields %s of the live version, whose requests it would refuse"
                        .formatted(kind, missing);
    }

    private static boolean shares(List<Field> has, List<Field> offers) {
        Set<String> both = names(has);
        both.retainAll(names(offers));
        return has.isEmpty() || !both.isEmpty();
    }

    private static Set<String> names(List<Field> fields) {
        return fields.stream().map(Field::name).collect(Collectors.toSet());
    }
}
