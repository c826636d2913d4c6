package io.dienstream.operate.rollout;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The plan beside what tasks have told of it.
 *
 * @param plan the newest
 * @param now ms, which the ages of what was told are counted to
 */
public record StatusTable(RolloutPlan plan, TaskStates states, long now) {
    private static final int FINGERPRINT_DIGITS = 16;
    private static final long SECONDS_UP_TO = 120;
    private static final long MINUTES_UP_TO = 120;
    private static final long HOURS_UP_TO = 48;

    /**
     * Whether a task cannot answer by a version of the plan, or has not told of it since the newest
     * revision: tasks tell of every version that they hold anew with each revision that they read.
     */
    public boolean isBehind() {
        return plan.loaded().stream()
                .anyMatch(v -> states.ready(v.name(), plan.revision()) < states.tasks());
    }

    /** For people: lines without the last one's end. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "revision %d%s, %d tasks"
                        .formatted(plan.revision(), plan.paused() ? ", PAUSED" : "", tasks()));
        lines.add(
                "%-20s %-10s %8s %12s  %-16s  %s"
                        .formatted("version", "role", "users", "requests", "fingerprint", "tasks"));
        plan.loaded().forEach(version -> lines.add(line(version)));
        plan.shadows().forEach(s -> lines.add("%-20s %-10s".formatted(s.name(), "shadow").strip()));
        lines.add(freshness());
        if (plan.forced()) {
            lines.add(
                    "%s was promoted by force, and a later promotion does not make it the previous one: ./dien model promote %s confirms it once every task is ready"
                            .formatted(plan.live().name(), plan.live().name()));
        }
        for (PlannedVersion version : plan.loaded()) {
            ModelStatus refused = refused(version);
            if (refused != null) {
                lines.add(
                        "REFUSED %s, task %d: %s"
                                .formatted(version.name(), refused.getTask(), refused.getReason()));
            }
            if (fingerprints(version).size() > 1) {
                lines.add(
                        "DIFFERENT artifacts of %s are loaded: model.path is not the same everywhere"
                                .formatted(version.name()));
            }
        }
        return String.join(System.lineSeparator(), lines);
    }

    private String line(PlannedVersion version) {
        Set<String> fingerprints = fingerprints(version);
        return String.format(
                Locale.ROOT,
                "%-20s %-10s %7.2f%% %,12d  %-16s  %s",
                version.name(),
                role(version),
                plan.percent(version),
                requests(version),
                fingerprints.size() > 1 ? "different" : String.join("", fingerprints),
                counts(version).entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", ")));
    }

    private String freshness() {
        if (tasks() == 0) {
            return "no task has told anything: does a job with rollout.enabled=true run?";
        }
        List<TaskStates.Word> words = states.words();
        long oldest = oldestRevision(words);
        long know = words.stream().filter(w -> w.revision() >= plan.revision()).count();
        String known =
                know == tasks()
                        ? "all tasks know revision %d".formatted(plan.revision())
                        : "BEHIND: %d of %d tasks know revision %d, the oldest that is known is %d"
                                .formatted(know, tasks(), plan.revision(), oldest);
        return "%s; the task that is silent for longest told something %s ago"
                .formatted(known, age(longestSilence(words)));
    }

    private static long oldestRevision(List<TaskStates.Word> words) {
        return words.stream().mapToLong(TaskStates.Word::revision).min().orElse(0);
    }

    private long longestSilence(List<TaskStates.Word> words) {
        return words.stream().mapToLong(w -> Math.max(0, now - w.timestamp())).max().orElse(0);
    }

    private static String age(long ms) {
        Duration age = Duration.ofMillis(ms);
        if (age.toSeconds() < SECONDS_UP_TO) {
            return age.toSeconds() + " s";
        }
        if (age.toMinutes() < MINUTES_UP_TO) {
            return age.toMinutes() + " min";
        }
        return age.toHours() < HOURS_UP_TO ? age.toHours() + " h" : age.toDays() + " days";
    }

    private int tasks() {
        return states.tasks();
    }

    private String role(PlannedVersion version) {
        if (version.equals(plan.live())) {
            return "live";
        }
        return version.equals(plan.previousGood()) ? "previous" : "candidate";
    }

    /** What was told of it, not of another version of its name that was there before. */
    private List<ModelStatus> of(PlannedVersion version) {
        return states.of(version.name()).stream()
                .filter(s -> s.getPlanRevision() >= version.publishedIn())
                .toList();
    }

    private Map<ModelState, Long> counts(PlannedVersion version) {
        return of(version).stream()
                .collect(
                        Collectors.groupingBy(
                                ModelStatus::getState, TreeMap::new, Collectors.counting()));
    }

    private long requests(PlannedVersion version) {
        return of(version).stream().mapToLong(ModelStatus::getRequests).sum();
    }

    private ModelStatus refused(PlannedVersion version) {
        return states.refused(version.name(), version.publishedIn());
    }

    /** Of the artifacts that tasks have loaded: the plan knows none of the configured one. */
    private Set<String> fingerprints(PlannedVersion version) {
        Set<String> told =
                of(version).stream()
                        .map(ModelStatus::getSha256)
                        .filter(sha256 -> sha256.length() >= FINGERPRINT_DIGITS)
                        .map(sha256 -> sha256.substring(0, FINGERPRINT_DIGITS))
                        .collect(Collectors.toCollection(TreeSet::new));
        return told.isEmpty() && !version.isConfigured()
                ? Set.of(version.sha256().substring(0, FINGERPRINT_DIGITS))
                : told;
    }

    /** For scripts. */
    public ObjectNode json() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        List<TaskStates.Word> words = states.words();
        root.put("revision", plan.revision());
        root.put("paused", plan.paused());
        root.put("forced", plan.forced());
        root.put("tasks", tasks());
        root.put("behind", isBehind());
        if (!words.isEmpty()) {
            root.put("oldest_revision", oldestRevision(words));
            root.put("longest_silence_ms", longestSilence(words));
        }
        ArrayNode versions = root.putArray("versions");
        plan.loaded().forEach(version -> put(version, versions.addObject()));
        plan.shadows()
                .forEach(s -> versions.addObject().put("version", s.name()).put("role", "shadow"));
        return root;
    }

    private void put(PlannedVersion version, ObjectNode node) {
        node.put("version", version.name());
        node.put("role", role(version));
        node.put("uri", version.uri());
        node.put("sha256", version.sha256());
        ArrayNode fingerprints = node.putArray("fingerprints");
        fingerprints(version).forEach(fingerprints::add);
        node.put("percent", plan.percent(version));
        node.put("requests", requests(version));
        ObjectNode counts = node.putObject("tasks");
        counts(version).forEach((state, n) -> counts.put(state.name(), n));
        ModelStatus refused = refused(version);
        if (refused != null) {
            node.put("refused", refused.getReason());
        }
    }
}
