package io.dienstream.dien;

import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.util.List;
import java.util.Map;

/** Turns the raw fields of a request into row ids. Immutable; missing fields become row 0. */
public final class RequestEncoder {
    private final Fields user;
    private final Fields context;
    private final Fields ad;

    public RequestEncoder(Model model) {
        ModelConfig config = model.config();
        user = new Fields(config.userFields(), model.encodingsOf(config.userFields()));
        context = new Fields(config.contextFields(), model.encodingsOf(config.contextFields()));
        ad = new Fields(config.adFields(), model.encodingsOf(config.adFields()));
    }

    public EncodedRequest newRequest() {
        return new EncodedRequest(user.names.length, context.names.length, ad.names.length);
    }

    /** Fills {@code out} with the user's and the context's rows, for {@code n} candidates. */
    public void begin(
            Map<String, String> userFields,
            Map<String, String> contextFields,
            int n,
            EncodedRequest out) {
        user.encode(userFields, out.user, 0);
        context.encode(contextFields, out.context, 0);
        out.reset(n);
    }

    /** Fills in candidate {@code n}. */
    public void candidate(int n, Map<String, String> adFields, EncodedRequest out) {
        ad.encode(adFields, out.ads, n * ad.names.length);
    }

    /** Whether the model has a user field of that name. */
    public boolean hasUserField(String name) {
        return user.has(name);
    }

    /** Whether the model has a context field of that name. */
    public boolean hasContextField(String name) {
        return context.has(name);
    }

    private static final class Fields {
        private final String[] names;
        private final IdEncoding[] encodings;

        Fields(List<ModelConfig.Field> fields, IdEncoding[] encodings) {
            this.names = fields.stream().map(ModelConfig.Field::name).toArray(String[]::new);
            this.encodings = encodings;
        }

        boolean has(String name) {
            for (String n : names) {
                if (n.equals(name)) {
                    return true;
                }
            }
            return false;
        }

        void encode(Map<String, String> values, int[] rows, int offset) {
            for (int f = 0; f < names.length; f++) {
                rows[offset + f] = encodings[f].row(values.get(names[f]));
            }
        }
    }
}
