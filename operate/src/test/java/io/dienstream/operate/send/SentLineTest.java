package io.dienstream.operate.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.log.LineException;
import io.dienstream.schema.Behavior;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SentLineTest {
    private static final SentLine.Defaults DEFAULTS =
            new SentLine.Defaults() {
                @Override
                public String id() {
                    return "new";
                }

                @Override
                public long now() {
                    return 1_800_000_000_000L;
                }
            };

    private static SentLine parse(String line) throws LineException {
        return SentLine.parse(line, 1, DEFAULTS);
    }

    @Test
    void aLineOfFieldsIsABehavior() throws LineException {
        SentLine line = parse("{\"user_id\": \"u\", \"item\": \"i1\"}");
        assertThat(line.behavior())
                .isEqualTo(new Behavior("new", "u", 1_800_000_000_000L, Map.of("item", "i1")));
        assertThat(line.request()).isNull();
        assertThat(line.erasure()).isNull();
    }

    @Test
    void whatALineSaysStands() throws LineException {
        SentLine line =
                parse("{\"user_id\": \"u\", \"event_id\": \"7\", \"timestamp\": 1700000000000}");
        assertThat(line.behavior()).isEqualTo(new Behavior("7", "u", 1_700_000_000_000L, Map.of()));
    }

    @Test
    void candidatesMakeARequest() throws LineException {
        SentLine line =
                parse(
                        "{\"user_id\": \"u\", \"candidates\": [{\"ad_id\": \"a\", \"item\": \"i9\"}]}");
        assertThat(line.request().getRequestId()).isEqualTo("new");
        assertThat(line.request().getTimestamp()).isEqualTo(1_800_000_000_000L);
        assertThat(line.request().getCandidates()).hasSize(1);
        assertThat(line.behavior()).isNull();
    }

    @Test
    void eraseMakesAnErasureAndNotABehavior() throws LineException {
        SentLine line = parse("{\"user_id\": \"u\", \"erase\": true}");
        assertThat(line.erasure().getUserId()).isEqualTo("u");
        assertThat(line.erasure().getErasureId()).isEqualTo("new");
        assertThat(line.behavior()).isNull();
        assertThat(parse("{\"user_id\": \"u\", \"erase\": false}").behavior().getUserId())
                .isEqualTo("u");
    }

    @Test
    void whatIsNoMessageIsRefusedWithAReason() {
        assertRefused("[1]", "is no JSON object");
        assertRefused("{\"user_id\": ", "is not JSON");
        assertRefused("{\"user_id\": \"a\"} {\"user_id\": \"b\"}", "is not JSON");
        assertRefused("{\"user_id\": \"a\", \"user_id\": \"b\"}", "is not JSON");
        assertRefused("{\"item\": \"i1\"}", "user_id is missing or empty");
        assertRefused(
                "{\"user_id\": \"u\", \"erase\": \"yes\"}", "erase is neither true nor false");
        assertRefused(
                "{\"user_id\": \"u\", \"candidates\": [], \"behaviors\": []}",
                "behaviors are part of a request only for dien score");
        assertRefused("{\"user_id\": \"u\", \"candidates\": 3}", "candidates is no list");
    }

    private static void assertRefused(String line, String reason) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(LineException.class)
                .hasMessageContaining(reason);
    }
}
