package io.dienstream.job.rollout;

import io.dienstream.dien.Scorer;
import io.dienstream.job.artifact.LoadState;
import io.dienstream.job.artifact.ModelLease;
import io.dienstream.job.artifact.ModelRegistry;
import io.dienstream.job.record.ModelStamp;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's view of the plan: which of the versions that are ready here answers a user. By the
 * clock nobody ever waits: a version that is not ready is stood in for by the one that has answered
 * until now. By event time a task waits, so that a replay gives the same answers again.
 */
public final class VersionRouter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VersionRouter.class);

    private final RolloutLog log;
    private final ModelRegistry registry;
    private final VersionLoading loading;
    private final boolean byEventTime;

    private final Map<PlannedVersion, ModelLease> leases = new LinkedHashMap<>();
    private final Map<PlannedVersion, String> unfit = new HashMap<>();

    /** Number of the plan in effect, and when the next one begins, ms. */
    private int number;

    private long begins;
    private long until;
    private long seen;

    /** By event time: whether it is known which plan was in effect before. */
    private boolean isUnderWay;

    private volatile int refused;
    private int longestHistory;
    private int secondHistory;

    /** Answers as the live one: the plan's, or the last that was ready; for a reporter too. */
    private volatile AnsweringVersion serving;

    private final Map<PlannedVersion, AnsweringVersion> ready = new HashMap<>();

    /**
     * @param byEventTime whether commands take effect, and requests are answered, by event time
     */
    public VersionRouter(
            RolloutLog log, ModelRegistry registry, VersionLoading loading, boolean byEventTime) {
        this.log = log;
        this.registry = registry;
        this.loading = loading;
        this.byEventTime = byEventTime;
    }

    /**
     * Which version answers a request.
     *
     * @param scorer of that version
     * @param stamp for the task
     */
    public record Route(Scorer scorer, ModelStamp stamp) {}

    /**
     * Loads the live version of {@code time} and waits for it. Where that was forced and cannot
     * answer here, the one before it goes on.
     *
     * @param time ms; Long.MIN_VALUE by event time where none has passed
     * @throws IOException where it is refused, and the job is to fail then
     */
    public void open(long time) throws IOException, InterruptedException {
        isUnderWay = byEventTime && time > Long.MIN_VALUE;
        enter(log.numberAt(time));
        serving = awaited(first());
        resolve();
    }

    /** The version that must be there. */
    private PlannedVersion first() throws InterruptedException {
        PlannedVersion live = plan().live();
        PlannedVersion previous = plan().previousGood();
        if (!plan().forced() || previous == null) {
            return live;
        }
        lease(live).await(); // where it is ready it answers from the first record on
        return lease(previous).await() == LoadState.READY ? previous : live;
    }

    private RolloutPlan plan() {
        return log.plan(number);
    }

    private void enter(int next) {
        number = next;
        begins = log.begins(next);
        until = log.begins(next + 1);
    }

    private ModelLease lease(PlannedVersion version) {
        return leases.computeIfAbsent(
                version, v -> registry.leaseForPlan(loading.ref(v), v.publishedIn()));
    }

    /** Takes notice of what a new command has added to the log. */
    public void logChanged(long time) throws IOException, InterruptedException {
        until = log.begins(number + 1);
        seen = -1; // there may be versions to load, though nothing begins yet
        advance(time);
    }

    /**
     * Time is {@code time}, ms: plans that have begun take effect, versions that have become ready
     * answer. Cheap where nothing has changed.
     */
    public void advance(long time) throws IOException, InterruptedException {
        if (time >= until) {
            int next = log.numberAt(time);
            if (isUnderWay) {
                passThrough(next);
            }
            enter(next);
            resolve();
        } else if (registry.changes() != seen) {
            resolve();
        }
        isUnderWay |= byEventTime && time > Long.MIN_VALUE;
    }

    /**
     * Plans of whose time no record has come here have a say in how much is kept of users all the
     * same: what a user is answered must not depend on who else is this task's. One whose live
     * version is gone by now has none, rather than that the job fails for nobody's sake.
     */
    private void passThrough(int next) throws IOException, InterruptedException {
        for (int n = number + 1; n < next; n++) {
            if (lease(log.plan(n).live()).await() == LoadState.READY) {
                enter(n);
                resolve();
            } else {
                LOG.warn(
                        "version {} was live by a plan whose time has passed here without a record, and"
                                + " is refused now: as if it had not been",
                        log.plan(n).live().name());
            }
        }
    }

    private void resolve() throws IOException, InterruptedException {
        seen = registry.changes(); // before looking: what changes meanwhile is looked at again
        Set<PlannedVersion> wanted = new LinkedHashSet<>(plan().loaded());
        if (!byEventTime) {
            wanted.addAll(log.plan().loaded());
        }
        for (PlannedVersion version : wanted) {
            lease(version);
        }
        if (byEventTime) {
            for (PlannedVersion version : wanted) {
                leases.get(version).await(); // what is kept of users must not depend on the clock
            }
        }
        AnsweringVersion before = serving;
        serving = serving();
        if (serving != before) {
            judgeAgain();
        }
        wanted.add(serving.version());
        wanted.forEach(this::ready); // whether it can answer is told before it has to
        measureHistories(wanted);
        refused = (int) plan().loaded().stream().filter(v -> isRefused(v)).count();
        leases.entrySet()
                .removeIf(
                        held -> {
                            if (wanted.contains(held.getKey())) {
                                return false;
                            }
                            held.getValue().close();
                            ready.remove(held.getKey());
                            unfit.remove(held.getKey());
                            return true;
                        });
    }

    /** Whether a candidate can stand in for the live version depends on which one that is. */
    private void judgeAgain() {
        unfit.clear();
        ready.values()
                .removeIf(
                        answering ->
                                !hasBeenLive(answering.version())
                                        && Fitness.lacking(serving.scorer(), answering.scorer())
                                                != null);
    }

    /**
     * One that has answered everybody does so again, whatever has answered since; one that was
     * forced may never have.
     */
    private boolean hasBeenLive(PlannedVersion version) {
        for (int n = number; n >= 0; n--) {
            RolloutPlan then = log.plan(n);
            if (!then.forced() && then.live().sha256().equals(version.sha256())) {
                return n < number || version.equals(plan().previousGood());
            }
        }
        return false;
    }

    private void measureHistories(Set<PlannedVersion> versions) {
        versions.stream()
                .map(ready::get)
                .filter(Objects::nonNull)
                .mapToInt(answering -> answering.scorer().model().config().maxLength())
                .forEach(this::measure);
    }

    private void measure(int length) {
        if (length > longestHistory) {
            secondHistory = longestHistory;
            longestHistory = length;
        } else if (length < longestHistory) {
            secondHistory = Math.max(secondHistory, length);
        }
    }

    /** What must answer, whatever it lacks. */
    private AnsweringVersion awaited(PlannedVersion version)
            throws IOException, InterruptedException {
        Scorer scorer = loading.await(version, lease(version));
        return ready.computeIfAbsent(version, v -> new AnsweringVersion(v, scorer));
    }

    private boolean isRefused(PlannedVersion version) {
        return leases.get(version).state() == LoadState.REFUSED || unfit.containsKey(version);
    }

    private AnsweringVersion serving() throws IOException, InterruptedException {
        PlannedVersion live = plan().live();
        if (byEventTime) {
            return awaited(live);
        }
        AnsweringVersion planned = ready(live);
        if (planned != null) {
            return planned;
        }
        PlannedVersion previous = plan().previousGood();
        // published again, it is another try of the same artifact
        String checksum = serving.version().sha256();
        boolean goesOn = plan().loaded().stream().anyMatch(v -> v.sha256().equals(checksum));
        if (!goesOn && previous != null && ready(previous) != null) {
            return ready(previous);
        }
        return serving;
    }

    /** The version, where it is ready here and can answer what the live one answers. */
    private AnsweringVersion ready(PlannedVersion version) {
        AnsweringVersion known = ready.get(version);
        if (known != null) {
            return known;
        }
        ModelLease lease = lease(version);
        if (!lease.isReady() || unfit.containsKey(version)) {
            return null;
        }
        AnsweringVersion answering = new AnsweringVersion(version, lease.scorer());
        if (serving != null && !hasBeenLive(version)) {
            String lacking = Fitness.lacking(serving.scorer(), answering.scorer());
            if (lacking != null) {
                unfit.put(version, lacking);
                return null;
            }
        }
        ready.put(version, answering);
        return answering;
    }

    /**
     * Which version answers {@code user}.
     *
     * @param time of the request, ms; by the clock it is not looked at
     */
    public Route route(String user, long time) throws IOException, InterruptedException {
        if (byEventTime && time < begins) {
            return routeBack(user, time);
        }
        Candidate candidate = plan().candidateOf(user);
        AnsweringVersion answering = candidate == null ? serving : candidate(candidate.version());
        return route(answering, number, candidate);
    }

    private AnsweringVersion candidate(PlannedVersion version) throws InterruptedException {
        if (byEventTime) {
            lease(version).await();
        }
        AnsweringVersion answering = ready(version);
        return answering == null ? serving : answering;
    }

    /** Of a request from before the plan in effect: late, or behind others of its partition. */
    private Route routeBack(String user, long time) throws IOException, InterruptedException {
        int then = log.numberAt(time);
        RolloutPlan plan = log.plan(then);
        seen = -1; // what the plan does not hold goes with the next record
        Candidate candidate = plan.candidateOf(user);
        if (candidate != null) {
            lease(candidate.version()).await();
            AnsweringVersion answering = ready(candidate.version());
            if (answering != null) {
                return route(answering, then, candidate);
            }
        }
        // one that is gone by now must not fail the job: the record would come again, for ever
        lease(plan.live()).await();
        AnsweringVersion live = ready(plan.live());
        return route(live == null ? serving : live, then, null);
    }

    private Route route(AnsweringVersion answering, int then, Candidate candidate) {
        boolean given = candidate != null && candidate.version().equals(answering.version());
        return answering.route(given, log.plan(then).revision());
    }

    /** Whose interest states are kept. */
    public Scorer live() {
        return serving.scorer();
    }

    /** Most behaviors that any version sees which has been ready here. */
    public int longestHistory() {
        return longestHistory;
    }

    /** Most of those that see fewer; 0 where all see as many. */
    public int secondHistory() {
        return secondHistory;
    }

    /** The version that answers as the live one here; null while the first is waited for. */
    PlannedVersion servingVersion() {
        AnsweringVersion now = serving;
        return now == null ? null : now.version();
    }

    /** What is held here, by version. */
    Map<PlannedVersion, ModelLease> leases() {
        return leases;
    }

    /** Why a loaded version cannot stand in for the live one; null where it can. */
    String unfit(PlannedVersion version) {
        return unfit.get(version);
    }

    /** Requests given to {@code version} since it is held here. */
    long requests(PlannedVersion version) {
        AnsweringVersion answering =
                version.equals(serving.version()) ? serving : ready.get(version);
        return answering == null ? 0 : answering.requests();
    }

    /** How many versions of the plan cannot answer here; for a reporter's thread too. */
    int refused() {
        return refused;
    }

    /** The plan in effect. */
    public RolloutPlan planInEffect() {
        return plan();
    }

    @Override
    public void close() {
        leases.values().forEach(ModelLease::close);
        leases.clear();
    }
}
