package io.dienstream.bench.peer;

import ai.onnxruntime.OrtException;
import io.netty.buffer.ByteBuf;

/**
 * The binary bodies between the job and the model server: T, N, then the rows of each behavior and
 * of each candidate, all ints; back come N floats.
 */
final class Wire {
    /** Path that requests are posted to. */
    static final String SCORE = "/score";

    /** More than a request of a thousand candidates has, bytes. */
    static final int MOST_BYTES = 1 << 20;

    private static final int FIXED_INTS = 2;

    private Wire() {}

    /** Bytes of a request. */
    static int bytes(int steps, int behaviorFields, int candidates, int adFields) {
        return Integer.BYTES * (FIXED_INTS + steps * behaviorFields + candidates * adFields);
    }

    /**
     * @param history of a user
     * @param steps behaviors of it that the request sees
     * @param ads [N][fields], rows
     */
    static void write(RawHistory layout, byte[] history, int steps, int[][] ads, ByteBuf to) {
        to.writeInt(steps);
        to.writeInt(ads.length);
        for (int t = 0; t < steps; t++) {
            layout.writeRows(history, t, to);
        }
        for (int[] ad : ads) {
            for (int row : ad) {
                to.writeInt(row);
            }
        }
    }

    /** A request, answered: [N]. */
    static float[] score(ByteBuf body, int behaviorFields, int adFields, OnnxGraph graph)
            throws OrtException {
        int steps = body.readInt();
        int candidates = body.readInt();
        graph.begin(steps, candidates);
        for (int t = 0; t < steps; t++) {
            for (int f = 0; f < behaviorFields; f++) {
                graph.behavior(f, t, body.readInt());
            }
        }
        for (int n = 0; n < candidates; n++) {
            for (int f = 0; f < adFields; f++) {
                graph.ad(f, n, body.readInt());
            }
        }
        return graph.run(steps, candidates);
    }
}
