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
    private int size;

    /**
     * Adds an example.
     *
     * @throws IllegalArgumentException where {@code p} is no number: it ranks nowhere
     */
    public void add(String userId, float p, boolean click) {
        if (!Float.isFinite(p)) {
            throw new IllegalArgumentException("prediction=" + p + " for user " + userId);
        }
        if (size == user.length) {
            user = Arrays.copyOf(user, 2 * size);
            pctr = Arrays.copyOf(pctr, 2 * size);
            clicked = Arrays.copyOf(clicked, 2 * size);
        }
        user[size] = users.computeIfAbsent(userId, u -> users.size());
        pctr[size] = p;
        clicked[size] = click;
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

    public boolean clicked(int i) {
        return clicked[i];
    }
}
