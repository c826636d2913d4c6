package io.dienstream.operate.rollout;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.job.rollout.Candidate;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.schema.ModelCommand;
import java.time.Instant;
import java.util.Locale;

/** The log of a rollout for people and for scripts. */
public final class HistoryText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHORT_DIGITS = 16;

    private HistoryText() {}

    /** A command and what became of it: a line without its end. */
    public static String line(RolloutLog.Entry entry) {
        ModelCommand command = entry.command();
        String artifact =
                command.getUri().isEmpty()
                        ? ""
                        : "  %s %s".formatted(shortened(command.getSha256()), command.getUri());
        return "%s  %-8s %-16s %-24s live %-16s by %s  %s%s"
                .formatted(
                        Instant.ofEpochMilli(entry.effectiveAt()),
                        kind(command),
                        command.getVersion(),
                        outcome(entry),
                        entry.plan().live().name(),
                        command.getActor(),
                        command.getReason(),
                        artifact);
    }

    /** Likewise. */
    public static ObjectNode json(RolloutLog.Entry entry) {
        ModelCommand command = entry.command();
        ObjectNode line = JSON.createObjectNode();
        line.put("effective_at", Instant.ofEpochMilli(entry.effectiveAt()).toString());
        line.put("written_at", Instant.ofEpochMilli(entry.timestamp()).toString());
        line.put("kind", command.getKind().name());
        line.put("version", command.getVersion());
        line.put("sha256", command.getSha256());
        line.put("uri", command.getUri());
        line.put("percent", command.getPercent());
        line.put("forced", command.getForced());
        line.put("actor", command.getActor());
        line.put("reason", command.getReason());
        line.put("outcome", outcome(entry));
        putLive(entry.plan().live(), line);
        return line;
    }

    /** A record that is no command: a line without its end. */
    public static String line(RolloutLog.Unreadable record) {
        return "record %d is no command that this release can read: %s"
                .formatted(record.offset(), record.reason());
    }

    /** Likewise. */
    public static ObjectNode json(RolloutLog.Unreadable record) {
        return JSON.createObjectNode()
                .put("offset", record.offset())
                .put("unreadable", record.reason());
    }

    /** What was live, since when, by whom and why: lines without the last one's end. */
    public static String lines(LiveVersion live) {
        PlannedVersion version = live.plan().live();
        StringBuilder text = new StringBuilder("live ").append(version.name());
        text.append(
                version.isConfigured()
                        ? ", the jobs' own model.path"
                        : "  sha256 %s  %s".formatted(version.sha256(), version.uri()));
        RolloutLog.Entry since = live.since();
        if (since == null) {
            text.append("\nno promotion or rollback was in effect");
        } else {
            text.append(
                    "\nsince %s by %s, %s in revision %d: %s"
                            .formatted(
                                    Instant.ofEpochMilli(since.effectiveAt()),
                                    since.command().getActor(),
                                    kind(since.command()),
                                    since.plan().revision(),
                                    since.command().getReason()));
        }
        for (Candidate c : live.plan().candidates()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%ncandidate %s of %.2f %% of users  sha256 %s  %s",
                            c.version().name(),
                            live.plan().percent(c.version()),
                            c.version().sha256(),
                            c.version().uri()));
        }
        return text.toString();
    }

    /** Likewise. */
    public static ObjectNode json(LiveVersion live) {
        ObjectNode node = JSON.createObjectNode();
        node.put("revision", live.plan().revision());
        putLive(live.plan().live(), node);
        RolloutLog.Entry since = live.since();
        if (since != null) {
            node.put("since", Instant.ofEpochMilli(since.effectiveAt()).toString());
            node.put("since_revision", since.plan().revision());
            node.put("kind", since.command().getKind().name());
            node.put("forced", since.command().getForced());
            node.put("actor", since.command().getActor());
            node.put("reason", since.command().getReason());
        }
        ArrayNode candidates = node.putArray("candidates");
        for (Candidate c : live.plan().candidates()) {
            ObjectNode one = candidates.addObject();
            one.put("version", c.version().name());
            one.put("sha256", c.version().sha256());
            one.put("uri", c.version().uri());
            one.put("percent", live.plan().percent(c.version()));
        }
        return node;
    }

    private static void putLive(PlannedVersion live, ObjectNode to) {
        to.put("live", live.name());
        to.put("live_sha256", live.sha256());
        to.put("live_uri", live.uri());
    }

    private static String kind(ModelCommand command) {
        return command.getKind() + (command.getForced() ? " by force" : "");
    }

    private static String outcome(RolloutLog.Entry entry) {
        return entry.refusal() == null
                ? "revision " + entry.plan().revision()
                : "refused, " + entry.refusal().code().code();
    }

    /** What anybody may have written as a checksum. */
    private static String shortened(String sha256) {
        return sha256.substring(0, Math.min(SHORT_DIGITS, sha256.length()));
    }
}
