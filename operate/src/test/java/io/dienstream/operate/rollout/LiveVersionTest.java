package io.dienstream.operate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.wire.WireException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which version was live at a time, by whom and why. */
class LiveVersionTest {
    private static final long T = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;

    private final CommandLog commands = new CommandLog();

    private LiveVersion at(double hours) {
        return LiveVersion.at(commands.log, T + (long) (hours * HOUR));
    }

    private void assertLive(double hours, String version, String actor, String reason) {
        LiveVersion live = at(hours);
        assertThat(live.plan().live().name()).isEqualTo(version);
        assertThat(live.since().command().getActor()).isEqualTo(actor);
        assertThat(live.since().command().getReason()).isEqualTo(reason);
    }

    /** b at 1 h by ann, another ramp at 3 h by bob, back at 4 h by eve. */
    private void aDay() throws WireException {
        commands.publish("b", 'b', "s3://models/b", "ann", T);
        commands.send(ModelCommandKind.PROMOTE, "b", "ann", "log loss", T + HOUR);
        commands.publish("c", 'c', "s3://models/c", "bob", T + 2 * HOUR);
        commands.ramp("c", 20, "bob", T + 3 * HOUR);
        commands.send(ModelCommandKind.ROLLBACK, "", "eve", "calibration off", T + 4 * HOUR);
    }

    @Test
    void whoMadeItLiveIsToldWhateverWasCommandedSince() throws WireException {
        aDay();
        assertThat(at(-0.1).since()).isNull();
        assertThat(at(0.5).since()).isNull();
        assertThat(at(0.5).plan().revision()).isEqualTo(1);
        for (double hours : new double[] {1, 1.5, 2.5, 3.5}) {
            assertLive(hours, "b", "ann", "log loss");
        }
        assertThat(at(3.5).plan().revision()).isEqualTo(4);
        assertLive(4, "configured", "eve", "calibration off");
        assertLive(100, "configured", "eve", "calibration off");
    }

    @Test
    void aRefusedPromotionMadeNothingLive() throws WireException {
        aDay();
        ModelCommand refused = commands.command(ModelCommandKind.PROMOTE, "no", "joe", "");
        assertThat(commands.take(refused, T + 5 * HOUR).refusal()).isNotNull();
        assertLive(6, "configured", "eve", "calibration off");
    }

    /** A name comes again after a retirement: only the checksum tells the two apart. */
    @Test
    void aNameThatComesAgainIsAnotherVersion() throws WireException {
        commands.publish("b", 'b', "s3://models/1", "ann", T);
        commands.send(ModelCommandKind.PROMOTE, "b", "ann", "", T + HOUR);
        commands.publish("c", 'c', "s3://models/c", "bob", T + HOUR);
        commands.send(ModelCommandKind.PROMOTE, "c", "bob", "", T + 2 * HOUR);
        commands.send(ModelCommandKind.RETIRE, "b", "bob", "", T + 3 * HOUR);
        commands.publish("b", 'd', "s3://models/2", "eve", T + 3 * HOUR);
        commands.send(ModelCommandKind.PROMOTE, "b", "eve", "again", T + 4 * HOUR);
        assertLive(1.5, "b", "ann", "");
        assertLive(4.5, "b", "eve", "again");
        assertThat(HistoryText.lines(at(1.5))).contains(CommandLog.sha256('b'), "s3://models/1");
        assertThat(HistoryText.lines(at(4.5)))
                .contains(CommandLog.sha256('d'), "s3://models/2")
                .doesNotContain("s3://models/1");
    }

    /** It is the same artifact, of another place from then on. */
    @Test
    void publishedAgainItIsStillLiveByWhoPromotedIt() throws WireException {
        commands.publish("b", 'b', "s3://models/1", "ann", T);
        commands.send(ModelCommandKind.PROMOTE, "b", "ann", "good", T + HOUR);
        commands.publish("b", 'b', "s3://models/2", "bob", T + 2 * HOUR);
        assertLive(3, "b", "ann", "good");
        assertThat(at(1.5).plan().live().uri()).isEqualTo("s3://models/1");
        assertThat(at(3).plan().live().uri()).isEqualTo("s3://models/2");
    }

    /** A plan begins when it is asked to, not when its command was written. */
    @Test
    void itIsLiveFromItsOwnTimeOn() throws WireException {
        commands.publish("b", 'b', "s3://models/b", "ann", T);
        ModelCommand later = commands.command(ModelCommandKind.PROMOTE, "b", "ann", "at night");
        later.setEffectiveAt(T + 8 * HOUR);
        assertThat(commands.take(later, T + HOUR).refusal()).isNull();
        assertThat(at(7.9).since()).isNull();
        assertLive(8, "b", "ann", "at night");
    }

    @Test
    void forPeopleItIsSaidInLines() throws WireException {
        aDay();
        assertThat(HistoryText.lines(at(3.5)).lines())
                .containsExactly(
                        "live b  sha256 " + CommandLog.sha256('b') + "  s3://models/b",
                        "since 2026-01-31T13:00:00Z by ann, PROMOTE in revision 2: log loss",
                        "candidate c of 20.00 % of users  sha256 "
                                + CommandLog.sha256('c')
                                + "  s3://models/c");
        assertThat(HistoryText.lines(at(-1)).lines())
                .containsExactly(
                        "live configured, the jobs' own model.path",
                        "no promotion or rollback was in effect");
        assertThat(HistoryText.lines(at(5)).lines())
                .containsExactly(
                        "live configured, the jobs' own model.path",
                        "since 2026-01-31T16:00:00Z by eve, ROLLBACK in revision 5:"
                                + " calibration off");
    }

    @Test
    void forScriptsItIsJson() throws WireException {
        aDay();
        ObjectNode json = HistoryText.json(at(3.5));
        assertThat(json)
                .hasToString(
                        ("{'revision':4,'live':'b','live_sha256':'%s','live_uri':'s3://models/b',"
                                        + "'since':'2026-01-31T13:00:00Z','since_revision':2,"
                                        + "'kind':'PROMOTE','forced':false,'actor':'ann',"
                                        + "'reason':'log loss','candidates':[{'version':'c',"
                                        + "'sha256':'%s','uri':'s3://models/c','percent':20.0}]}")
                                .formatted(CommandLog.sha256('b'), CommandLog.sha256('c'))
                                .replace('\'', '"'));
        assertThat(HistoryText.json(at(-1)).has("since")).isFalse();
    }

    @Test
    void aCommandIsToldWithItsArtifact() throws WireException {
        aDay();
        var published = commands.log.entries().get(0);
        assertThat(HistoryText.line(published))
                .startsWith("2026-01-31T12:00:00Z  PUBLISH  b ")
                .contains("revision 1", "live configured", "by ann")
                .endsWith("bbbbbbbbbbbbbbbb s3://models/b");
        ObjectNode json = HistoryText.json(published);
        assertThat(json.get("sha256").asText()).isEqualTo(CommandLog.sha256('b'));
        assertThat(json.get("uri").asText()).isEqualTo("s3://models/b");
        assertThat(HistoryText.json(commands.log.entries().get(1)).get("live_uri").asText())
                .isEqualTo("s3://models/b");
    }
}
