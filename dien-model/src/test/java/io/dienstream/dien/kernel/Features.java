package io.dienstream.dien.kernel;

import io.dienstream.dien.model.Matrix;
import io.dienstream.dien.model.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random numbers laid out as kernels want them. */
final class Features {
    private Features() {}

    static float[] random(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    /** {@code values[n][f]} in a tile's layout. */
    static float[] layOut(float[][] values, Tile tile, Kernels kernels) {
        int width = values[0].length;
        int stride = kernels.stride(width);
        float[] x = new float[stride * tile.candidates()];
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < width; f++) {
                x[tile.at(f, n, stride)] = values[n % values.length][f];
            }
        }
        return x;
    }

    /** The inverse of {@link #layOut}. */
    static float[][] read(float[] x, int width, Tile tile, Kernels kernels) {
        float[][] values = new float[tile.candidates()][width];
        for (int n = 0; n < tile.candidates(); n++) {
            for (int f = 0; f < width; f++) {
                values[n][f] = x[tile.at(f, n, kernels.stride(width))];
            }
        }
        return values;
    }

    /** As many vectors as a tile has candidates. */
    static float[][] vectors(Tile tile, int width, long seed) {
        float[][] values = new float[tile.candidates()][];
        for (int n = 0; n < values.length; n++) {
            values[n] = random(width, seed * 1000 + n);
        }
        return values;
    }

    /** Facts of {@code width} numbers, all that {@code rows} has. */
    static Facts facts(float[] rows, int width, Kernels kernels) {
        int steps = rows.length / width;
        Facts facts = new Facts(steps, width, kernels);
        facts.setSteps(steps);
        for (int t = 0; t < steps; t++) {
            System.arraycopy(rows, t * width, facts.rows, t * facts.stride, width);
        }
        return facts;
    }

    /** A recurrent layer over inputs as wide as its state. */
    static Weights.Gru gru(int hidden, long seed) {
        Matrix input = new Matrix(3 * hidden, hidden, random(3 * hidden * hidden, seed));
        Matrix recurrent = new Matrix(3 * hidden, hidden, random(3 * hidden * hidden, seed + 1));
        return new Weights.Gru(new Weights.Dense(input, random(3 * hidden, seed + 2)), recurrent);
    }

    /** Every tile that kernels work on, and every number of vectors up to nine. */
    static List<Tile> tiles(Kernels kernels) {
        List<Tile> tiles = new ArrayList<>();
        for (int n = 1; n <= 9; n++) {
            tiles.add(Tile.ofVectors(n));
        }
        tiles.add(Tile.ofLanes(kernels.width()));
        tiles.add(Tile.ofLanes(2 * kernels.width()));
        return tiles;
    }

    /** The scalar kernels and those of this run. */
    static Stream<Kernels> kernels() {
        return Stream.of(new ScalarKernels(), KernelsProvider.get());
    }
}
