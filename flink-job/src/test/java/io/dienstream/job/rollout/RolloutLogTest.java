package io.dienstream.job.rollout;

import static io.dienstream.job.rollout.Commands.publish;
import static io.dienstream.job.rollout.Commands.ramp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.rollout.Refusal.Code;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class RolloutLogTest {
    private static final int SEEDS = 200;
    private static final int COMMANDS = 60;

    /** What anybody might write, most of it on the plan that is there. */
    private static ModelCommand any(Random random, RolloutPlan plan) {
        ModelCommandKind[] kinds = ModelCommandKind.values();
        ModelCommandKind kind = kinds[random.nextInt(kinds.length)];
        String version = random.nextInt(8) == 0 ? "" : "v" + random.nextInt(5);
        long revision = random.nextInt(5) == 0 ? random.nextInt(20) : plan.revision();
        ModelCommand c =
                kind == ModelCommandKind.PUBLISH
                        ? publish(version, 0, revision)
                        : Commands.of(kind, version, revision);
        c.setPercent(random.nextInt(130) - 10.0);
        c.setForced(random.nextInt(3) == 0);
        c.setStage(random.nextInt(3) == 0 ? ModelStage.SHADOW : ModelStage.CANDIDATE);
        if (random.nextInt(3) == 0) {
            c.setEffectiveAt((long) random.nextInt(100_000));
        }
        return c;
    }

    private static List<CommandRecord> commands(long seed) throws WireException {
        Random random = new Random(seed);
        RolloutLog log = new RolloutLog(Commands.MODEL);
        List<CommandRecord> records = new ArrayList<>();
        for (int n = 0; n < COMMANDS; n++) {
            CommandRecord record = Commands.record(2L * n, 1000L * n, any(random, log.plan()));
            records.add(record);
            log.accept(record);
        }
        return records;
    }

    @Test
    void whateverIsWrittenAPlanStaysOne() throws WireException {
        int accepted = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            RolloutLog log = new RolloutLog(Commands.MODEL);
            long effective = Long.MIN_VALUE;
            for (CommandRecord record : commands(seed)) {
                RolloutPlan before = log.plan();
                RolloutLog.Entry entry = log.accept(record);
                RolloutPlan plan = entry.plan();
                assertThat(plan.revision())
                        .isEqualTo(before.revision() + (entry.refusal() == null ? 1 : 0));
                assertThat(entry.effectiveAt()).isGreaterThanOrEqualTo(effective);
                effective = entry.refusal() == null ? entry.effectiveAt() : effective;
                assertSound(plan);
                accepted += entry.refusal() == null ? 1 : 0;
            }
        }
        assertThat(accepted).isGreaterThan(SEEDS * COMMANDS / 10);
    }

    private static void assertSound(RolloutPlan plan) {
        assertThat(plan.loaded()).hasSizeLessThanOrEqualTo(RolloutPlan.MOST_LOADED);
        assertThat(plan.loaded().stream().map(PlannedVersion::name)).doesNotHaveDuplicates();
        assertThat(plan.candidates().stream().mapToInt(Candidate::buckets).sum())
                .isLessThanOrEqualTo(Bucket.COUNT);
        assertThat(plan.candidates().stream().map(Candidate::end)).doesNotHaveDuplicates();
        assertThat(plan.candidates().isEmpty()).isEqualTo(plan.salt().isEmpty());
        assertThat(plan.previousGood()).isNotEqualTo(plan.live());
    }

    /** What somebody in a hurry might write: every third promotion is forced. */
    private static ModelCommand hasty(Random random, RolloutPlan plan, int n) {
        List<PlannedVersion> loaded = plan.loaded();
        String other = loaded.get(random.nextInt(loaded.size())).name();
        ModelCommand promote = Commands.of(ModelCommandKind.PROMOTE, other, plan.revision());
        promote.setForced(random.nextInt(3) == 0);
        return switch (random.nextInt(8)) {
            case 0 -> Commands.of(ModelCommandKind.RETIRE, other, plan.revision());
            case 1 -> Commands.of(ModelCommandKind.ROLLBACK, "", plan.revision());
            case 2, 3, 4 -> publish("v" + n, 0, plan.revision());
            default -> promote;
        };
    }

    /** Whatever happened, a rollback goes to what somebody saw ready. */
    @Test
    void previousGoodWasNeverOnlyForced() throws WireException {
        int decided = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            RolloutLog log = new RolloutLog(Commands.MODEL);
            Set<String> seen = new HashSet<>(Set.of(PlannedVersion.CONFIGURED.name()));
            for (int n = 0; n < COMMANDS; n++) {
                RolloutPlan before = log.plan();
                ModelCommand c = hasty(random, before, n);
                RolloutLog.Entry entry = log.accept(Commands.record(n, n, c));
                boolean promoted =
                        entry.refusal() == null && c.getKind() == ModelCommandKind.PROMOTE;
                decided += promoted && before.forced() ? 1 : 0;
                if (promoted && !c.getForced()) {
                    seen.add(c.getVersion());
                }
                RolloutPlan plan = entry.plan();
                PlannedVersion previous = plan.previousGood();
                assertThat(previous == null || seen.contains(previous.name()))
                        .as("%s after %s", previous, c)
                        .isTrue();
                assertThat(plan.forced()).isEqualTo(!seen.contains(plan.live().name()));
            }
        }
        assertThat(decided).isGreaterThan(SEEDS);
    }

    /** As today's, with one more kind and one more field. */
    private static Schema later() {
        String today = ModelCommand.getClassSchema().toString();
        String kinds = today.replace("\"RESUME\"]", "\"RESUME\",\"FREEZE\"]");
        String end = "\"name\":\"forced\",";
        String field = "\"name\":\"until\",\"type\":\"long\",\"default\":0},{";
        Schema later = new Schema.Parser().parse(kinds.replace(end, field + end));
        assertThat(later.getField("kind").schema().getEnumSymbols()).contains("FREEZE");
        assertThat(later.getField("until")).isNotNull();
        return later;
    }

    /** Single-object encoding of a command by a later release. */
    private static byte[] written(Schema later, String kind, long revision) throws IOException {
        GenericRecord record = new GenericData.Record(later);
        ModelCommand today = Commands.of(ModelCommandKind.PAUSE, "b", revision);
        for (Schema.Field field : today.getSchema().getFields()) {
            record.put(field.name(), today.get(field.pos()));
        }
        Schema enums = later.getField("kind").schema();
        record.put("kind", new GenericData.EnumSymbol(enums, kind));
        Schema stages = later.getField("stage").schema();
        record.put("stage", new GenericData.EnumSymbol(stages, "CANDIDATE"));
        record.put("until", 7L);
        ByteBuffer encoded = new BinaryMessageEncoder<>(GenericData.get(), later).encode(record);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    /** Its bytes mean nothing without its schema: no kind is guessed, and nobody is held up. */
    @Test
    void aCommandOfALaterReleaseIsToldAsUnreadableAndChangesNothing() throws Exception {
        RolloutLog log = new RolloutLog(Commands.MODEL);
        for (String kind : new String[] {"FREEZE", "PAUSE"}) {
            byte[] value = written(later(), kind, 0);
            assertThatThrownBy(() -> log.accept(new CommandRecord(log.known() + 1, 1, value)))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("no released schema has fingerprint");
        }
        assertThat(log.plan()).isEqualTo(RolloutPlan.INITIAL);
        assertThat(log.unreadable()).extracting(RolloutLog.Unreadable::offset).contains(0L, 1L);
        assertThat(log.accept(Commands.record(2, 2, publish("b", 5, 0))).refusal()).isNull();
        assertThat(log.plan().revision()).isEqualTo(1);
    }

    /** A release that knows the schema, but not yet what the kind is about, refuses it. */
    @Test
    void aKindThatOnlyTheSchemaKnowsIsRefused() throws Exception {
        var decoder = new WireDecoder<>(ModelCommand.class, List.of(later()));
        ModelCommand freeze = decoder.decode(written(later(), "FREEZE", 0));
        assertThat(freeze.getKind()).isEqualTo(ModelCommandKind.UNKNOWN);
        assertThat(PlanChange.apply(RolloutPlan.INITIAL, freeze).refusal().code())
                .isEqualTo(Code.UNKNOWN_KIND);
        ModelCommand pause = decoder.decode(written(later(), "PAUSE", 0));
        assertThat(pause.getKind()).isEqualTo(ModelCommandKind.PAUSE);
        assertThat(PlanChange.apply(RolloutPlan.INITIAL, pause).plan().paused()).isTrue();
    }

    /**
     * Restored state knows a prefix, the source repeats some of it, the job was built with more.
     */
    @Test
    void everyReaderComesToTheSamePlanFromWhateverPrefix() throws WireException {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<CommandRecord> records = commands(seed);
            RolloutLog whole = new RolloutLog(Commands.MODEL);
            for (CommandRecord record : records) {
                whole.accept(record);
            }
            Random random = new Random(seed);
            RolloutLog torn = new RolloutLog(Commands.MODEL);
            int restored = random.nextInt(COMMANDS);
            for (CommandRecord record : records.subList(0, restored)) {
                torn.accept(record);
            }
            int again = random.nextInt(restored + 1);
            for (CommandRecord record : records.subList(again, COMMANDS)) {
                RolloutLog.Entry entry = torn.accept(record);
                assertThat(entry == null).isEqualTo(record.offset() < 2L * restored);
            }
            assertThat(torn.entries()).isEqualTo(whole.entries());
            assertThat(torn.plan()).isEqualTo(whole.plan());
        }
    }

    @Test
    void ofTwoWritersOneIsRefusedByEverybody() throws WireException {
        RolloutLog log = new RolloutLog(Commands.MODEL);
        assertThat(log.accept(Commands.record(0, 1, publish("b", 5, 0))).refusal()).isNull();
        assertThat(log.accept(Commands.record(1, 2, ramp("b", 20, 1))).refusal()).isNull();
        RolloutLog.Entry second = log.accept(Commands.record(2, 2, ramp("b", 10, 1)));
        assertThat(second.refusal().code()).isEqualTo(Code.STALE_REVISION);
        assertThat(log.plan().candidate("b").percent()).isEqualTo(20);
    }

    /** Every later command would wait for it, a rollback too. */
    @Test
    void aPlanOfAFarFutureIsRefused() throws WireException {
        RolloutLog log = new RolloutLog(Commands.MODEL);
        long week = Duration.ofDays(7).toMillis();
        ModelCommand far = publish("b", 5, 0);
        far.setEffectiveAt(100 + week + 1);
        assertThat(log.accept(Commands.record(0, 100, far)).refusal().code())
                .isEqualTo(Refusal.Code.INVALID_FIELD);
        assertThat(log.plan()).isEqualTo(RolloutPlan.INITIAL);
        far.setEffectiveAt(100 + week);
        assertThat(log.accept(Commands.record(1, 100, far)).refusal()).isNull();
    }

    @Test
    void garbageAndOtherModelsChangeNothing() throws WireException {
        RolloutLog log = new RolloutLog(Commands.MODEL);
        for (byte[] garbage : new byte[][] {null, {}, {1, 2, 3}, new byte[1000]}) {
            assertThatThrownBy(() -> log.accept(new CommandRecord(log.known() + 1, 1, garbage)))
                    .isInstanceOf(WireException.class);
        }
        ModelCommand other = publish("b", 5, 0);
        other.setModel("other");
        assertThat(log.accept(Commands.record(10, 1, other))).isNull();
        assertThat(log.plan()).isEqualTo(RolloutPlan.INITIAL);
        assertThat(log.entries()).isEmpty();
        assertThat(log.unreadable()).hasSize(4);
    }

    @Test
    void aPlanBeginsWhenItIsAskedToAndNeverBeforeAnEarlierOne() throws WireException {
        RolloutLog log = new RolloutLog(Commands.MODEL);
        ModelCommand later = publish("b", 5, 0);
        later.setEffectiveAt(500L);
        log.accept(Commands.record(0, 100, later));
        log.accept(Commands.record(1, 200, ramp("b", 20, 1)));
        assertThat(log.numberAt(499)).isZero();
        assertThat(log.numberAt(500)).isEqualTo(2);
        assertThat(log.begins(1)).isEqualTo(500);
        assertThat(log.begins(2)).isEqualTo(500);
        assertThat(log.begins(3)).isEqualTo(Long.MAX_VALUE);
    }
}
