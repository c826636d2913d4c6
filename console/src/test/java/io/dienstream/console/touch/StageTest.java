package io.dienstream.console.touch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.console.feed.Feed;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.operate.deadletter.DeadLetterJson;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.DeadLetter;
import io.dienstream.schema.Pricing;
import io.dienstream.schema.ScoredCandidate;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.schema.ServedBehavior;
import io.dienstream.schema.ServedRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StageTest {
    private static final Map<String, String> ESPRESSO = Map.of("item", "i520", "category", "c13");
    private static final byte[] SECRET = new byte[16];

    private final Feed feed = new Feed(() -> 1_000_000);
    private final List<Behavior> behaviors = new ArrayList<>();
    private final List<AdRequest> requests = new ArrayList<>();
    private final List<DeadLetterJson.Resend> resends = new ArrayList<>();
    private boolean refuses;
    private int late;

    /** A stream that answers at once. */
    private final Sender stream =
            new Sender() {
                @Override
                public void send(Behavior behavior) {
                    behaviors.add(behavior);
                }

                @Override
                public String send(AdRequest request) {
                    requests.add(request);
                    String place = "ad-requests-0@" + requests.size();
                    if (refuses) {
                        feed.letters()
                                .add(
                                        new DeadLetter(
                                                "late",
                                                "too late",
                                                "ad-requests",
                                                0,
                                                (long) requests.size(),
                                                1L,
                                                null,
                                                null,
                                                1L,
                                                null,
                                                null));
                        return place;
                    }
                    answer(request);
                    return place;
                }

                @Override
                public void send(DeadLetterJson.Resend resend) {
                    resends.add(resend);
                }

                @Override
                public void close() {}
            };

    @BeforeEach
    void knowAnAd() {
        for (int n = 0; n < 30; n++) {
            feed.ads()
                    .add(
                            new Candidate(
                                    "ad-" + n,
                                    Map.of("item", "i" + n, "category", "c0"),
                                    Pricing.CPC,
                                    500_000L,
                                    "USD",
                                    null));
        }
        feed.users().add(new Behavior("0", "u1", 900_000L, ESPRESSO));
    }

    private void answer(AdRequest request) {
        boolean overtaken = late-- > 0;
        Long newest = overtaken || behaviors.isEmpty() ? null : request.getTimestamp();
        List<ScoredCandidate> ranked = new ArrayList<>();
        List<Float> pctr = new ArrayList<>();
        for (int n = 0; n < request.getCandidates().size(); n++) {
            String ad = request.getCandidates().get(n).getAdId();
            ranked.add(new ScoredCandidate(ad, n, n + 1, 0.1f, 50_000_000L, "USD", 0));
            pctr.add(0.1f);
        }
        String id = request.getRequestId();
        String user = request.getUserId();
        List<ServedBehavior> seen = List.of(new ServedBehavior(900_000L, ESPRESSO));
        feed.answers()
                .add(
                        new ScoredRequest(
                                id,
                                user,
                                request.getTimestamp(),
                                ranked,
                                "m",
                                "1",
                                1,
                                newest,
                                List.of(),
                                1L,
                                "f",
                                null,
                                null),
                        System.nanoTime());
        feed.answers()
                .add(
                        new ServedRequest(
                                id,
                                user,
                                request.getTimestamp(),
                                Map.of(),
                                Map.of(),
                                request.getCandidates(),
                                seen,
                                "m",
                                "1",
                                pctr,
                                "f",
                                null,
                                null));
    }

    private Stage stage(Sender sender, UserNames names) {
        return new Stage(
                feed,
                sender,
                new Explainer(List.of()),
                new Labels(ItemTitles.ofSimulator()),
                names,
                () -> 1_000_000,
                new Random(1));
    }

    private Stage stage() {
        return stage(stream, UserNames.plain(feed.users()));
    }

    @Test
    void aRankingHasTitlesAndSaysWhyItIsNotExplained() throws Exception {
        JsonNode answer = stage().ask(new Stage.Wish("u1", List.of("ad-8", "ad-9"), null));
        assertThat(answer.at("/candidates/0/title").asText()).isEqualTo("Compact running shoes");
        assertThat(answer.at("/candidates/0/ecpm").asDouble()).isEqualTo(50);
        assertThat(answer.at("/behaviors/0/title").asText()).isEqualTo("Espresso machine");
        assertThat(answer.at("/behaviors/0/category").asText()).isEqualTo("Coffee");
        assertThat(answer.path("unexplained").asText()).isEqualTo("started without --model");
        assertThat(requests.get(0).getCandidates())
                .extracting(Candidate::getAdId)
                .containsExactly("ad-8", "ad-9");
    }

    @Test
    void withoutAdsSomeAreDrawnAndDifferent() throws Exception {
        stage().ask(new Stage.Wish("u1", List.of(), null));
        assertThat(requests.get(0).getCandidates())
                .hasSize(Stage.CANDIDATES)
                .doesNotHaveDuplicates();
    }

    @Test
    void aRequestThatOvertookTheClickIsAskedAgain() throws Exception {
        late = 2;
        JsonNode answer = stage().ask(new Stage.Wish("u1", List.of("ad-8"), ESPRESSO));
        assertThat(behaviors).hasSize(1);
        assertThat(behaviors.get(0).getFields()).isEqualTo(ESPRESSO);
        assertThat(requests).hasSize(3);
        assertThat(requests.get(2).getTimestamp())
                .isGreaterThanOrEqualTo(behaviors.get(0).getTimestamp());
        assertThat(answer.at("/timing/requests").asInt()).isEqualTo(3);
        assertThat(answer.at("/timing/seen").asBoolean()).isTrue();
        assertThat(answer.at("/timing/total_ms").asDouble())
                .isGreaterThanOrEqualTo(answer.at("/timing/answer_ms").asDouble());
    }

    @Test
    void withoutAWriterNothingIsSent() {
        Stage readOnly = stage(null, UserNames.plain(feed.users()));
        assertThatThrownBy(() -> readOnly.ask(new Stage.Wish("u1", List.of(), ESPRESSO)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("--write");
        assertThat(behaviors).isEmpty();
        assertThat(requests).isEmpty();
    }

    @Test
    void aRefusedRequestSaysItsReason() {
        refuses = true;
        assertThatThrownBy(() -> stage().ask(new Stage.Wish("u1", List.of("ad-8"), null)))
                .isInstanceOf(Refusal.class)
                .hasMessage("refused: late, too late");
    }

    @Test
    void maskedUsersAreFoundByTheirMaskAloneAndNoIdGetsOut() throws Exception {
        UserNames names = UserNames.masked(feed.users(), SECRET);
        Stage stage = stage(stream, names);
        String mask = stage.users("", 10).get(0).path("user").asText();
        assertThat(mask).matches("user-[0-9a-f]{10}");
        assertThat(stage.users("user-", 10)).hasSize(1);
        assertThat(stage.users("u1", 10)).isEmpty();
        JsonNode answer = stage.ask(new Stage.Wish(mask, List.of("ad-8"), null));
        assertThat(requests.get(0).getUserId()).isEqualTo("u1");
        assertThat(answer.path("user").asText()).isEqualTo(mask);
        assertThat(answer.toString()).doesNotContain("u1\"");
        String request = requests.get(0).getRequestId();
        assertThat(answer.toString()).as("may hold an id").doesNotContain(request);
        assertThat(stage.user(mask).toString()).doesNotContain("u1\"");
        assertThatThrownBy(() -> stage.user("u1")).isInstanceOf(Refusal.class);
        assertThat(UserNames.masked(feed.users(), new byte[] {1}).of("u1")).isNotEqualTo(mask);
    }

    @Test
    void lettersAreShownSentAgainAndMasked() throws Exception {
        ByteBuffer value = ByteBuffer.wrap(new byte[] {1, 2});
        DeadLetter letter =
                new DeadLetter(
                        "undecodable",
                        "no message",
                        "behaviors",
                        3,
                        7L,
                        1L,
                        value,
                        value,
                        1L,
                        null,
                        null);
        feed.letters().add(letter);
        Letters letters = new Letters(feed.letters(), stream, false);
        JsonNode line = letters.list("undecodable", 5).get(0);
        assertThat(line.path("origin").asText()).isEqualTo("behaviors-3@7");
        assertThat(line.path("value_base64").asText()).isEqualTo("AQI=");
        assertThat(letters.list("late", 5)).isEmpty();
        letters.replay("behaviors-3@7");
        assertThat(resends.get(0).topic()).isEqualTo("behaviors");
        assertThat(resends.get(0).value()).containsExactly(1, 2);
        assertThatThrownBy(() -> letters.replay("behaviors-3@8")).isInstanceOf(Refusal.class);
        JsonNode masked = new Letters(feed.letters(), null, true).list("", 5).get(0);
        assertThat(masked.has("value_base64")).isFalse();
        assertThat(masked.has("key_base64")).isFalse();
        assertThatThrownBy(() -> new Letters(feed.letters(), null, true).replay("behaviors-3@7"))
                .hasMessageContaining("--write");
    }
}
