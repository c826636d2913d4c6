package io.dienstream.job.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.Records;
import io.dienstream.job.check.RecordValidator;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.record.Origin;
import io.dienstream.job.record.Reason;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.Pricing;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of bad input by name: exactly one record comes out, with the reason. */
class InboundDeserializerTest {
    private static final long RECORD_TIME = Records.START;
    private static final Origin ORIGIN = new Origin("t", 1, 2, RECORD_TIME);

    private static InboundRecord decode(InboundRecord.Kind kind, byte[] value) throws IOException {
        InboundDeserializer deserializer =
                new InboundDeserializer(kind, Records.options(Path.of("unused")));
        deserializer.open(null);
        return deserializer.decode(ORIGIN, null, value);
    }

    private static byte[] encode(Behavior b) {
        return new WireEncoder<>(Behavior.class).encode(b);
    }

    private static byte[] encode(AdRequest r) {
        return new WireEncoder<>(AdRequest.class).encode(r);
    }

    private static Behavior behavior(String event, String user, long time, String item) {
        return new Behavior(event, user, time, Map.of("item", item));
    }

    static List<Arguments> badBehaviors() {
        byte[] unknown = encode(behavior("1", "u", RECORD_TIME, "i"));
        unknown[5] ^= 1;
        long day = Duration.ofDays(1).toMillis();
        return List.of(
                Arguments.of("no value", null, Reason.UNDECODABLE),
                Arguments.of(
                        "garbage",
                        "x".repeat(50).getBytes(StandardCharsets.UTF_8),
                        Reason.UNDECODABLE),
                Arguments.of("unknown schema", unknown, Reason.UNKNOWN_SCHEMA),
                Arguments.of(
                        "empty user",
                        encode(behavior("1", "", RECORD_TIME, "i")),
                        Reason.INVALID_ID),
                Arguments.of(
                        "empty event",
                        encode(behavior("", "u", RECORD_TIME, "i")),
                        Reason.INVALID_ID),
                Arguments.of(
                        "long user",
                        encode(behavior("1", "u".repeat(2000), RECORD_TIME, "i")),
                        Reason.INVALID_ID),
                Arguments.of(
                        "before 2000",
                        encode(behavior("1", "u", 946_684_799_999L, "i")),
                        Reason.INVALID_TIME),
                Arguments.of(
                        "negative time",
                        encode(behavior("1", "u", Long.MIN_VALUE, "i")),
                        Reason.INVALID_TIME),
                Arguments.of(
                        "too far ahead",
                        encode(behavior("1", "u", RECORD_TIME + day + 1, "i")),
                        Reason.INVALID_TIME),
                Arguments.of(
                        "farthest ahead",
                        encode(behavior("1", "u", Long.MAX_VALUE, "i")),
                        Reason.INVALID_TIME),
                Arguments.of(
                        "more than a behavior may have in all",
                        encode(
                                new Behavior(
                                        "1",
                                        "u",
                                        RECORD_TIME,
                                        Map.of("item", "ü".repeat(200), "b", "x".repeat(110)))),
                        Reason.OVERSIZE_VALUE),
                Arguments.of(
                        "1 MB string",
                        encode(behavior("1", "u", RECORD_TIME, "i".repeat(1 << 20))),
                        Reason.OVERSIZE_VALUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBehaviors")
    void refusesBadBehaviors(String name, byte[] value, Reason reason) throws IOException {
        InboundRecord record = decode(InboundRecord.Kind.BEHAVIOR, value);
        assertThat(record.rejection().reason()).isEqualTo(reason);
        assertThat(record.rejection().message()).isNotEmpty().hasSizeLessThan(300);
        assertThat(record.origin()).isEqualTo(ORIGIN);
        assertThat(record.value()).isEqualTo(value);
    }

    /** Where producers stamp records themselves, the job's own clock is the limit. */
    @Test
    void aRecordStampedAheadOfTheClockBuysNoTime() {
        long year2100 = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
        Behavior b = behavior("1", "u", year2100, "i");
        InboundRecord record =
                InboundRecord.behavior(new Origin("behaviors", 0, 1, year2100), null, encode(b), b);
        RecordValidator validator =
                new RecordValidator(Records.options(Path.of("unused")), () -> RECORD_TIME);
        assertThat(validator.check(record).reason()).isEqualTo(Reason.INVALID_TIME);
    }

    private static AdRequest request(Candidate... candidates) {
        return new AdRequest("r", "u", RECORD_TIME, Map.of(), Map.of(), List.of(candidates));
    }

    private static Candidate priced(Pricing pricing, long bid, Double pcvr) {
        return Records.candidate(0, pricing, bid, pcvr);
    }

    private static Candidate[] many(int n) {
        return IntStream.range(0, n)
                .mapToObj(i -> Records.candidate(i, Pricing.CPM, 1, null))
                .toArray(Candidate[]::new);
    }

    static List<Arguments> badRequests() {
        Candidate good = priced(Pricing.CPC, 5, null);
        Candidate euro = new Candidate("b", Map.of(), Pricing.CPC, 5L, "EUR", null);
        Candidate odd = new Candidate("b", Map.of(), Pricing.CPC, 5L, "usd", null);
        AdRequest noUser = new AdRequest("r", "", RECORD_TIME, Map.of(), Map.of(), List.of(good));
        AdRequest noId = new AdRequest("", "u", RECORD_TIME, Map.of(), Map.of(), List.of(good));
        AdRequest longContext =
                new AdRequest(
                        "r",
                        "u",
                        RECORD_TIME,
                        Map.of(),
                        Map.of("k", "x".repeat(5000)),
                        List.of(good));
        return List.of(
                Arguments.of("no candidates", request(), Reason.NO_CANDIDATES),
                Arguments.of("1,001 candidates", request(many(1001)), Reason.TOO_MANY_CANDIDATES),
                Arguments.of("repeated ad", request(good, good), Reason.REPEATED_AD),
                Arguments.of(
                        "negative bid", request(priced(Pricing.CPM, -1, null)), Reason.INVALID_BID),
                Arguments.of(
                        "overflowing bid",
                        request(priced(Pricing.CPC, Long.MAX_VALUE, null)),
                        Reason.INVALID_BID),
                Arguments.of(
                        "CPA without pCVR",
                        request(priced(Pricing.CPA, 1, null)),
                        Reason.INVALID_PCVR),
                Arguments.of(
                        "NaN pCVR",
                        request(priced(Pricing.CPA, 1, Double.NaN)),
                        Reason.INVALID_PCVR),
                Arguments.of(
                        "pCVR above 1", request(priced(Pricing.CPA, 1, 1.5)), Reason.INVALID_PCVR),
                Arguments.of("two currencies", request(good, euro), Reason.INVALID_CURRENCY),
                Arguments.of("no currency", request(odd), Reason.INVALID_CURRENCY),
                Arguments.of("empty user", noUser, Reason.INVALID_ID),
                Arguments.of("empty id", noId, Reason.INVALID_ID),
                Arguments.of("long context value", longContext, Reason.OVERSIZE_VALUE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void refusesBadRequests(String name, AdRequest request, Reason reason) throws IOException {
        InboundRecord record = decode(InboundRecord.Kind.AD_REQUEST, encode(request));
        assertThat(record.rejection().reason()).isEqualTo(reason);
    }

    @Test
    void admitsWhatIsGood() throws IOException {
        InboundRecord behavior =
                decode(InboundRecord.Kind.BEHAVIOR, encode(behavior("1", "u", RECORD_TIME, "i")));
        assertThat(behavior.rejection()).isNull();
        assertThat(behavior.userId()).isEqualTo("u");
        InboundRecord request = decode(InboundRecord.Kind.AD_REQUEST, encode(request(many(1000))));
        assertThat(request.rejection()).isNull();
    }

    /** Whatever bytes come, one record goes out and nothing is thrown. */
    @Test
    void survivesRandomAndMutatedBytes() throws IOException {
        Random random = new Random(7);
        byte[] good = encode(request(many(3)));
        InboundDeserializer deserializer =
                new InboundDeserializer(
                        InboundRecord.Kind.AD_REQUEST, Records.options(Path.of("unused")));
        deserializer.open(null);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes;
            if (i % 4 == 0) {
                bytes = new byte[random.nextInt(80)];
                random.nextBytes(bytes);
            } else {
                bytes = good.clone();
                for (int k = random.nextInt(4); k >= 0; k--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            refused += deserializer.decode(ORIGIN, null, bytes).rejection() == null ? 0 : 1;
        }
        assertThat(refused).isBetween(50_000, 100_000);
        assertThat(deserializer.decode(ORIGIN, null, good).rejection()).isNull();
    }
}
