package io.dienstream.operate.rollout;

import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest state of each task and version, of the jobs of a model. */
public final class TaskStates {
    private final String model;
    private final String job;

    /** By job, then by task and version. */
    private final Map<String, Map<String, ModelStatus>> newest = new TreeMap<>();

    /** How many tasks a job has now. */
    private final Map<String, ModelStatus> size = new HashMap<>();

    /**
     * @param job whose tasks count; null: those of all jobs
     */
    TaskStates(String model, String job) {
        this.model = model;
        this.job = job;
    }

    /** Takes the next state. */
    public void add(ModelStatus status) {
        if (!status.getModel().equals(model) || (job != null && !status.getJob().equals(job))) {
            return;
        }
        newest.computeIfAbsent(status.getJob(), j -> new TreeMap<>())
                .put("%06d/%s".formatted(status.getTask(), status.getVersion()), status);
        size.merge(status.getJob(), status, (a, b) -> b.getTimestamp() >= a.getTimestamp() ? b : a);
    }

    /** States of version {@code name} in tasks that there are now. */
    public List<ModelStatus> of(String name) {
        List<ModelStatus> states = new ArrayList<>();
        for (Collection<ModelStatus> job : newest.values().stream().map(Map::values).toList()) {
            for (ModelStatus status : job) {
                if (isTask(status) && status.getVersion().equals(name)) {
                    states.add(status);
                }
            }
        }
        return states;
    }

    /**
     * The newest that a task has told, whatever it was about.
     *
     * @param revision of the plan that it knew
     * @param timestamp when, ms, by its clock
     */
    public record Word(String job, int task, long revision, long timestamp) {
        private Word newer(Word other) {
            return new Word(
                    job,
                    task,
                    Math.max(revision, other.revision),
                    Math.max(timestamp, other.timestamp));
        }
    }

    /** Of each task that there is now and that has told anything. */
    public List<Word> words() {
        Map<String, Word> words = new TreeMap<>();
        for (Map<String, ModelStatus> job : newest.values()) {
            for (ModelStatus s : job.values()) {
                if (isTask(s)) {
                    Word word =
                            new Word(
                                    s.getJob(), s.getTask(), s.getPlanRevision(), s.getTimestamp());
                    words.merge("%s/%06d".formatted(s.getJob(), s.getTask()), word, Word::newer);
                }
            }
        }
        return List.copyOf(words.values());
    }

    private boolean isTask(ModelStatus status) {
        return status.getTask() < size.get(status.getJob()).getTasks();
    }

    /** How many tasks there are, of all jobs. */
    public int tasks() {
        return size.values().stream().mapToInt(ModelStatus::getTasks).sum();
    }

    /** How many tasks can answer by version {@code name}, knowing plan {@code revision}. */
    public long ready(String name, long revision) {
        return of(name).stream()
                .filter(s -> s.getPlanRevision() >= revision && isReady(s.getState()))
                .count();
    }

    /** One of the tasks that refuse it, knowing plan {@code revision}; null where none does. */
    public ModelStatus refused(String name, long revision) {
        return of(name).stream()
                .filter(s -> s.getPlanRevision() >= revision)
                .filter(s -> s.getState() == ModelState.REFUSED)
                .findFirst()
                .orElse(null);
    }

    private static boolean isReady(ModelState state) {
        return state == ModelState.READY || state == ModelState.SERVING;
    }
}
