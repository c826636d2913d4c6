package io.dienstream.evaluation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Predictions and labels of a split. Two models' results of the same data set are paired by index.
 */
public final class Scored {
    private static final int FIRST = 1024;

    private final Map<String, Integer> users = new HashMap<>();
    private int[] user = new int[FIRST];
    private float[] pctr = new float[FIRST];
    private boolean[] clicked = new boolean[FIRST];
    private float[] weight = new float[FIRST];
    private int size;

    /**
     * Adds an example.
     *
     * @throws IllegalArgumentException where {@code p} is no number: it ranks nowhere
     */
    public void add(String userId, float p, boolean click) {
        add(userId, p, click, 1);
    }

    /**
     * Adds an example that stands for several, or for less than one.
     *
     * @param many how many, at least 0: the inverse of the probability with which it was kept,
     *     times what its label counts where clicks may still come
     * @throws IllegalArgumentException where {@code p} is no number, or {@code many} none
     */
    public void add(String userId, float p, boolean click, float many) {
        if (!(many >= 0) || !Float.isFinite(many)) {
            throw new IllegalArgumentException("weight=" + many + " for user " + userId);
        }
        if (!Float.isFinite(p)) {
            throw new IllegalArgumentException("prediction=" + p + " for user " + userId);
        }
        if (size == user.length) {
            user = Arrays.copyOf(user, 2 * size);
            pctr = Arrays.copyOf(pctr, 2 * size);
            clicked = Arrays.copyOf(clicked, 2 * size);
            weight = Arrays.copyOf(weight, 2 * size);
        }
        user[size] = users.computeIfAbsent(userId, u -> users.size());
        pctr[size] = p;
        clicked[size] = click;
        weight[size] = many;
        size++;
    }

    public int size() {
        return size;
    }

    /** How many users there are. */
    public int users() {
        return users.size();
    }

    /** Number of the user of example i, below {@link #users}. */
    public int user(int i) {
        return user[i];
    }

    /** Whether {@code other} has the same users and clicks in the same order. */
    boolean hasExamplesOf(Scored other) {
        return size == other.size
                && users.equals(other.users)
                && Arrays.equals(user, 0, size, other.user, 0, size)
                && Arrays.equals(clicked, 0, size, other.clicked, 0, size);
    }

    public float pctr(int i) {
        return pctr[i];
    }

    /** How many examples example i stands for. */
    public float weight(int i) {
        return weight[i];
    }

    public boolean clicked(int i) {
        return clicked[i];
    }
}
