package io.dienstream.train.network;

import io.dienstream.dien.model.ModelConfig;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * First values. Embeddings: normal, deviation 0.05. GRU: uniform in 1 / sqrt(H), as PyTorch does.
 * Bilinear attention: Xavier uniform (Glorot and Bengio 2010). Dense: uniform in 1 / sqrt(inputs),
 * as PyTorch does. PReLU's alpha 0.1, Dice's 0; norms are the identity.
 */
final class Initializer {
    private static final double EMBEDDING_DEVIATION = 0.05;
    private static final float PRELU_ALPHA = 0.1f;

    private final ModelConfig config;
    private final Map<String, int[]> shapes;
    private final Random random;

    Initializer(ModelConfig config, Map<String, int[]> shapes, Random random) {
        this.config = config;
        this.shapes = shapes;
        this.random = random;
    }

    float[] values(String name) {
        int[] shape = shapes.get(name);
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        if (name.startsWith("embedding.")) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (random.nextGaussian() * EMBEDDING_DEVIATION);
            }
        } else if (name.startsWith("extractor.") || name.startsWith("evolution.")) {
            uniform(values, 1 / Math.sqrt(config.hidden()));
        } else if (name.equals("attention.weight")) {
            uniform(values, Math.sqrt(6.0 / (shape[0] + shape[1])));
        } else if (name.endsWith(".weight")) {
            uniform(values, 1 / Math.sqrt(shape[1]));
        } else if (name.endsWith(".bias")) {
            int[] weight = shapes.get(name.replace(".bias", ".weight"));
            uniform(values, 1 / Math.sqrt(weight[1]));
        } else if (name.endsWith(".variance") || name.endsWith(".scale")) {
            Arrays.fill(values, 1);
        } else if (name.endsWith(".alpha") && !isDice(name)) {
            Arrays.fill(values, PRELU_ALPHA);
        }
        return values;
    }

    private boolean isDice(String alpha) {
        return shapes.containsKey(alpha.replace(".alpha", ".mean"));
    }

    private void uniform(float[] values, double bound) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
    }
}
