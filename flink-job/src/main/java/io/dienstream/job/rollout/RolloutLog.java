package io.dienstream.job.rollout;

import io.dienstream.schema.ModelCommand;
import io.dienstream.wire.WireDecoder;
import io.dienstream.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one model, folded: every plan with when it begins. Commands come in the order of
 * their offsets; what is known already changes nothing. Not thread safe.
 */
public final class RolloutLog {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutLog.class);
    private static final Entry BEGINNING =
            new Entry(-1, Long.MIN_VALUE, Long.MIN_VALUE, null, RolloutPlan.INITIAL, null);

    /** Plans begin in their order: one that begins late holds back all that come after it. */
    private static final long FURTHEST_AHEAD_MS = Duration.ofDays(7).toMillis();

    private final String model;
    private final WireDecoder<ModelCommand> decoder = WireDecoder.of(ModelCommand.class);
    private final List<Entry> entries = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();

    /** Plans in effect one after the other, the first since ever. */
    private final List<Entry> accepted = new ArrayList<>(List.of(BEGINNING));

    private long known = -1;

    /**
     * @param model whose commands count
     */
    public RolloutLog(String model) {
        this.model = model;
    }

    /**
     * A command and what it did.
     *
     * @param timestamp when it was written, ms
     * @param effectiveAt when its plan begins, ms; never before an earlier command's
     * @param command null for what is no command
     * @param plan in effect after it
     * @param refusal null where it was accepted
     */
    public record Entry(
            long offset,
            long timestamp,
            long effectiveAt,
            ModelCommand command,
            RolloutPlan plan,
            Refusal refusal) {}

    /**
     * A record that is no command, or one of a schema that only a later release knows: it changes
     * nothing, and no plan counts it.
     *
     * @param reason for people
     */
    public record Unreadable(long offset, String reason) {}

    /**
     * Takes the next record.
     *
     * @return what it did, or null where it was known, or is another model's
     * @throws WireException where it is no command; it is known from now on
     */
    public Entry accept(CommandRecord record) throws WireException {
        if (record.offset() <= known) {
            return null;
        }
        known = record.offset();
        ModelCommand command = decode(record);
        if (!command.getModel().equals(model)) {
            return null;
        }
        Entry last = newest();
        long asked =
                command.getEffectiveAt() == null ? record.timestamp() : command.getEffectiveAt();
        PlanChange change =
                asked - record.timestamp() > FURTHEST_AHEAD_MS
                        ? new PlanChange(last.plan(), tooFarAhead())
                        : PlanChange.apply(last.plan(), command);
        Entry entry =
                new Entry(
                        record.offset(),
                        record.timestamp(),
                        Math.max(asked, last.effectiveAt()),
                        command,
                        change.plan(),
                        change.refusal());
        entries.add(entry);
        if (change.refusal() == null) {
            accepted.add(entry);
        }
        return entry;
    }

    private ModelCommand decode(CommandRecord record) throws WireException {
        try {
            return decoder.decode(record.value());
        } catch (WireException e) {
            unreadable.add(new Unreadable(record.offset(), e.getMessage()));
            throw e;
        }
    }

    /** Takes all of {@code records}, by offset; what is no command is left out. */
    public void acceptAll(List<CommandRecord> records) {
        for (CommandRecord record : records) {
            try {
                accept(record);
            } catch (WireException e) {
                LOG.debug("record {} of the commands on models is none", record.offset(), e);
            }
        }
    }

    private static Refusal tooFarAhead() {
        return new Refusal(
                Refusal.Code.INVALID_FIELD,
                "effective_at is more than 7 days after the command was written: later commands"
                        + " would wait for it");
    }

    private Entry newest() {
        return accepted.get(accepted.size() - 1);
    }

    /** All commands of the model, in their order. */
    public List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** All records that are no commands, in their order. */
    public List<Unreadable> unreadable() {
        return Collections.unmodifiableList(unreadable);
    }

    /** The plan after all commands, whether or not it has begun. */
    public RolloutPlan plan() {
        return newest().plan();
    }

    /** Offset of the newest record that was taken, -1 before the first. */
    public long known() {
        return known;
    }

    /** How many plans there are; the first, of no command, is number 0. */
    int plans() {
        return accepted.size();
    }

    /** Plan by number. */
    RolloutPlan plan(int number) {
        return accepted.get(number).plan();
    }

    /** When plan {@code number} begins, ms; Long.MAX_VALUE for one that is not there. */
    long begins(int number) {
        return number < accepted.size() ? accepted.get(number).effectiveAt() : Long.MAX_VALUE;
    }

    /** Number of the plan in effect at {@code time}: the last of those that have begun. */
    int numberAt(long time) {
        int number = accepted.size() - 1;
        while (accepted.get(number).effectiveAt() > time) {
            number--;
        }
        return number;
    }
}
