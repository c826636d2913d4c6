package io.dienstream.job.rollout;

import io.dienstream.dien.Scorer;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.metric.RolloutMetrics;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.TimeMode;
import io.dienstream.job.record.OutboundRecord;
import io.dienstream.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's part in the rollout: the commands it knows, the versions it holds, what it tells. */
public final class RolloutTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutTask.class);

    private final JobOptions options;
    private final List<CommandRecord> built;
    private final NewestCommands newest;
    private final boolean enabled;
    private final boolean byEventTime;
    private final RolloutLog log;
    private final ModelRegistry registry;
    private final VersionRouter router;
    private CommandState state;
    private StatusReporter status;
    private RolloutMetrics metrics;

    /**
     * @param built commands that were there when the job was built
     * @param newest those that are there now, asked for by event time
     */
    public RolloutTask(
            JobOptions options,
            List<CommandRecord> built,
            NewestCommands newest,
            ModelRegistry registry) {
        this.options = options;
        this.built = built;
        this.newest = newest;
        enabled = options.get(JobOptions.ROLLOUT_ENABLED);
        byEventTime = options.get(JobOptions.TIME_MODE) == TimeMode.EVENT_TIME;
        log = new RolloutLog(options.get(JobOptions.ROLLOUT_MODEL));
        this.registry = registry;
        router = new VersionRouter(log, registry, VersionLoading.of(options), byEventTime);
    }

    /** Whether there may be commands. */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * Takes the commands of the state, those that the job was built with, and by event time those
     * that have come since.
     */
    public void restore(FunctionInitializationContext context) throws Exception {
        if (!enabled) {
            return;
        }
        state = new CommandState(context);
        List<CommandRecord> more = new ArrayList<>(built);
        if (byEventTime) {
            more.addAll(newest.read());
        }
        log.acceptAll(state.with(more));
    }

    /**
     * Loads what answers, and waits for the live version.
     *
     * @param passed how far event time had come where the task was stopped; ms
     * @throws IOException where that is refused, and the job is to fail then
     */
    public void open(RuntimeContext context, long passed) throws IOException, InterruptedException {
        // before it waits, so that a task that waits is seen to be behind
        metrics =
                new RolloutMetrics(
                        context.getMetricGroup(),
                        () -> router.planInEffect().revision(),
                        this::versionsBehind,
                        router::refused,
                        registry::held);
        router.open(byEventTime ? passed : System.currentTimeMillis());
        // of model.path no plan knows the checksum
        LOG.info(
                "version {} answers, checksum {}",
                router.servingVersion().name(),
                router.live().model().checksum());
        status =
                new StatusReporter(
                        options.get(JobOptions.TRANSACTION_PREFIX),
                        options.get(JobOptions.ROLLOUT_MODEL),
                        context.getTaskInfo().getIndexOfThisSubtask(),
                        context.getTaskInfo().getNumberOfParallelSubtasks(),
                        log,
                        router);
    }

    /** Whether this task answers with another live version than the plan's: 0 or 1. */
    private int versionsBehind() {
        return router.planInEffect().live().equals(router.servingVersion()) ? 0 : 1;
    }

    /**
     * Takes a command.
     *
     * @param time ms: the clock's, or the watermark in event-time mode
     */
    public void accept(CommandRecord record, long time) throws IOException, InterruptedException {
        RolloutLog.Entry entry;
        boolean isNew = record.offset() > log.known();
        try {
            entry = log.accept(record);
        } catch (WireException e) {
            metrics.commandsUnreadable.inc();
            LOG.warn(
                    "record {} of the commands on models is none: {}",
                    record.offset(),
                    e.getMessage());
            entry = null;
        }
        if (isNew) {
            keep(record);
        }
        if (entry == null) {
            return;
        }
        if (entry.refusal() != null) {
            metrics.commandsRefused.inc();
            LOG.warn(
                    "command {} by {} is refused, {}: {}",
                    entry.command().getCommandId(),
                    entry.command().getActor(),
                    entry.refusal().code(),
                    entry.refusal().message());
            return;
        }
        LOG.info(
                "command {} by {}: {} {}, plan {}",
                entry.command().getCommandId(),
                entry.command().getActor(),
                entry.command().getKind(),
                entry.command().getVersion(),
                entry.plan());
        router.logChanged(time);
    }

    private void keep(CommandRecord record) throws IOException {
        try {
            state.add(record);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the state of commands cannot be written", e);
        }
    }

    /** See {@link VersionRouter#advance}. */
    public void advance(long time) throws IOException, InterruptedException {
        router.advance(time);
    }

    /** See {@link VersionRouter#route}. */
    public VersionRouter.Route route(String user, long time)
            throws IOException, InterruptedException {
        return router.route(user, time);
    }

    /** The version whose interest states are kept. */
    public Scorer live() {
        return router.live();
    }

    /** See {@link VersionRouter#longestHistory}. */
    public int longestHistory() {
        return router.longestHistory();
    }

    /** See {@link VersionRouter#secondHistory}. */
    public int secondHistory() {
        return router.secondHistory();
    }

    /** Encoded states of versions that are others than when this was last called. */
    public List<OutboundRecord> statusChanges(long now) throws IOException, InterruptedException {
        if (!byEventTime) {
            router.advance(now);
        }
        return status.changes(now);
    }

    @Override
    public void close() {
        router.close();
    }
}
