package io.dienstream.sandbox;

import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How many of a log's ids a model knows: of one that knows none, every score is the same guess. */
final class KnownIds {
    private final Fields behaviors;
    private final Fields ads;

    KnownIds(Model model) {
        behaviors = new Fields(model, model.config().behaviorFields());
        ads = new Fields(model, model.config().adFields());
    }

    void behavior(Map<String, String> fields) {
        behaviors.count(fields);
    }

    void ad(Map<String, String> fields) {
        ads.count(fields);
    }

    /** What is said where the model knows none of the ids of the behaviors, or of the ads. */
    Optional<String> warning() {
        if (behaviors.isStrange()) {
            return Optional.of(warning("behaviors", behaviors.ids));
        }
        return ads.isStrange() ? Optional.of(warning("candidates", ads.ids)) : Optional.empty();
    }

    private static String warning(String what, long ids) {
        return "warning: the model knows none of the %,d ids of the %s: is it the model of this log?"
                .formatted(ids, what);
    }

    /** Ids of one kind of record. */
    private static final class Fields {
        private final List<ModelConfig.Field> fields;
        private final IdEncoding[] encodings;
        private long ids;
        private long known;

        Fields(Model model, List<ModelConfig.Field> fields) {
            this.fields = fields;
            encodings = model.encodingsOf(fields);
        }

        void count(Map<String, String> values) {
            for (int f = 0; f < encodings.length; f++) {
                String id = values.get(fields.get(f).name());
                if (id != null && !id.isEmpty()) {
                    ids++;
                    known += encodings[f].row(id) == 0 ? 0 : 1;
                }
            }
        }

        boolean isStrange() {
            return ids > 0 && known == 0;
        }
    }
}
