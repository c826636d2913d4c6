package io.dienstream.bench.stream;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Records of random users over the ids that a model knows, popular ones more often. The same for
 * the same seed and times. Not thread safe.
 */
final class RecordSource {
    private static final long BID_MICROS = 1_000_000;
    private static final double SKEW = 3;

    private final Random random;
    private final int users;
    private final double hotShare;
    private final ModelConfig config;
    private final Map<String, List<String>> ids = new HashMap<>();
    private long behaviors;
    private long requests;
    private int firstOfBehaviors;

    /**
     * @param hotShare part of the records that are the first user's
     * @throws IOException for a refused model, or one whose ids are hashed
     */
    RecordSource(Path model, int users, double hotShare, long seed) throws IOException {
        this.users = users;
        this.hotShare = hotShare;
        random = new Random(seed);
        config = ModelReader.read(model).config();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e : config.embeddings().entrySet()) {
            ModelConfig.Encoding encoding = e.getValue().encoding();
            if (encoding.isHash()) {
                throw new IOException(
                        "embedding %s of %s is hashed: there are no ids to draw"
                                .formatted(e.getKey(), model));
            }
            ids.put(e.getKey(), Files.readAllLines(model.resolve(encoding.vocabularyFile())));
        }
    }

    /**
     * From now on behaviors without a name are of as many other users: those of requests stay as
     * they are.
     */
    void leaveRequestsAlone() {
        firstOfBehaviors = users;
    }

    /** A behavior of a random user. */
    Behavior behavior(long time) {
        return behavior(firstOfBehaviors + user(), time);
    }

    /** A behavior of user {@code user}. */
    Behavior behavior(int user, long time) {
        return behavior("e" + behaviors++, user, time);
    }

    /** Likewise, of a given event. */
    Behavior behavior(String eventId, int user, long time) {
        return new Behavior(eventId, "u" + user, time, fields(config.behaviorFields()));
    }

    /** A request of a random user with {@code n} ads. */
    AdRequest request(long time, int n) {
        return request("r" + requests++, user(), time, n);
    }

    /** A request of user {@code user}, which does not count. */
    AdRequest request(String id, int user, long time, int n) {
        List<Candidate> ads = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            ads.add(
                    new Candidate(
                            "ad-" + i,
                            fields(config.adFields()),
                            Pricing.CPC,
                            BID_MICROS,
                            "USD",
                            null));
        }
        return new AdRequest(
                id,
                "u" + user,
                time,
                fields(config.userFields()),
                fields(config.contextFields()),
                ads);
    }

    /** Requests so far; the next one's id is r and this number. */
    long requests() {
        return requests;
    }

    private int user() {
        return random.nextDouble() < hotShare ? 0 : random.nextInt(users);
    }

    private Map<String, String> fields(List<ModelConfig.Field> fields) {
        Map<String, String> values = new HashMap<>();
        for (ModelConfig.Field field : fields) {
            List<String> known = ids.get(field.embedding());
            int rank = (int) (known.size() * Math.pow(random.nextDouble(), SKEW));
            values.put(field.name(), known.get(rank));
        }
        return values;
    }
}
