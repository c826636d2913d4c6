package io.dienstream.dien.kernel.vector;

import static io.dienstream.dien.kernel.vector.Registers.WIDTH;
import static io.dienstream.dien.kernel.vector.Registers.all;
import static io.dienstream.dien.kernel.vector.Registers.load;
import static io.dienstream.dien.kernel.vector.Registers.padded;

import io.dienstream.dien.kernel.Dice;
import io.dienstream.dien.kernel.Tile;
import jdk.incubator.vector.FloatVector;

/** Functions of each number by itself: sigmoid, PReLU, Dice, and the product with a fact. */
final class Activations {
    private static final JitBoundary.Loop<Void> GATE = JitBoundary.register(new Gates());
    private static final JitBoundary.Loop<Void> GATE_OF_SUM =
            JitBoundary.register(new GatesOfSum());
    private static final JitBoundary.Loop<float[]> PRELU_OF_LANES =
            JitBoundary.register(new PreluOfLanes());
    private static final JitBoundary.Loop<float[]> PRELU_OF_VECTORS =
            JitBoundary.register(new PreluOfVectors());
    private static final JitBoundary.Loop<Dice> DICE_OF_LANES =
            JitBoundary.register(new DiceOfLanes());
    private static final JitBoundary.Loop<Dice> DICE_OF_VECTORS =
            JitBoundary.register(new DiceOfVectors());

    private Activations() {}

    /** As {@link io.dienstream.dien.kernel.Kernels#gate}. */
    static void gate(float[] x, float[] added, int features, Tile tile) {
        JitBoundary.run(added == null ? GATE : GATE_OF_SUM, tile, features, null, added, x);
    }

    /** As {@link io.dienstream.dien.kernel.Kernels#prelu}. */
    static void prelu(float[] x, int features, Tile tile, float[] alpha) {
        JitBoundary.run(
                tile.isLanes() ? PRELU_OF_LANES : PRELU_OF_VECTORS, tile, features, alpha, x, x);
    }

    /** As {@link io.dienstream.dien.kernel.Kernels#dice}. */
    static void dice(float[] x, int features, Tile tile, Dice dice) {
        JitBoundary.run(
                tile.isLanes() ? DICE_OF_LANES : DICE_OF_VECTORS, tile, features, dice, x, x);
    }

    /** As {@link io.dienstream.dien.kernel.Kernels#multiply}. */
    static void multiply(
            float[] q, float[] fact, int factOffset, int width, Tile tile, float[] out) {
        int n = tile.candidates();
        if (tile.isLanes()) {
            for (int f = 0; f < width; f++) {
                FloatVector scale = all(fact[factOffset + f]);
                for (int at = f * n; at < (f + 1) * n; at += WIDTH) {
                    load(q, at).mul(scale).intoArray(out, at);
                }
            }
            return;
        }
        int stride = padded(width);
        for (int at = 0; at < n * stride; at += WIDTH) {
            load(q, at).mul(load(fact, factOffset + at % stride)).intoArray(out, at);
        }
    }

    /** Numbers of a tile's features: its registers follow each other in both layouts. */
    private static int numbers(Tile tile, int features) {
        return tile.candidates() * (tile.isLanes() ? features : padded(features));
    }

    /** x = 1 / (1 + 2^x). */
    private static final class Gates extends JitBoundary {
        @Override
        void apply(Tile tile, int features, Object parameters, float[] in, float[] x) {
            int end = numbers(tile, features);
            for (int i = 0; i < end; i += WIDTH) {
                FastExp.sigmoid(load(x, i)).intoArray(x, i);
            }
        }
    }

    /** x = 1 / (1 + 2^(x + added)). */
    private static final class GatesOfSum extends JitBoundary {
        @Override
        void apply(Tile tile, int features, Object parameters, float[] added, float[] x) {
            int end = numbers(tile, features);
            for (int i = 0; i < end; i += WIDTH) {
                FloatVector sum = load(x, i).add(load(added, i));
                FastExp.sigmoid(sum).intoArray(x, i);
            }
        }
    }

    /** Down the rows of a register of lanes, with each row's alpha. */
    private static final class PreluOfLanes extends JitBoundary {
        @Override
        void apply(Tile tile, int rows, Object parameters, float[] in, float[] x) {
            float[] alpha = (float[]) parameters;
            int lanes = tile.candidates();
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                for (int row = 0, at = lane; row < rows; row++, at += lanes) {
                    FloatVector v = load(x, at);
                    v.min(0f).mul(alpha[row]).add(v.max(0f)).intoArray(x, at);
                }
            }
        }
    }

    /** Along each candidate's vector. */
    private static final class PreluOfVectors extends JitBoundary {
        @Override
        void apply(Tile tile, int features, Object parameters, float[] in, float[] x) {
            float[] alpha = (float[]) parameters;
            int stride = padded(features);
            for (int n = 0, at = 0; n < tile.candidates(); n++, at += stride) {
                for (int f = 0; f < stride; f += WIDTH) {
                    FloatVector v = load(x, at + f);
                    v.min(0f).mul(load(alpha, f)).add(v.max(0f)).intoArray(x, at + f);
                }
            }
        }
    }

    /** Down the rows of a register of lanes, with each row's parameters. */
    private static final class DiceOfLanes extends JitBoundary {
        @Override
        void apply(Tile tile, int rows, Object parameters, float[] in, float[] x) {
            Dice dice = (Dice) parameters;
            float[] alpha = dice.alpha();
            float[] scale = dice.scale();
            float[] offset = dice.offset();
            int lanes = tile.candidates();
            for (int lane = 0; lane < lanes; lane += WIDTH) {
                for (int row = 0, at = lane; row < rows; row++, at += lanes) {
                    FloatVector v = load(x, at);
                    FloatVector share = FastExp.sigmoid(v.fma(all(scale[row]), all(offset[row])));
                    FloatVector scaled = v.mul(alpha[row]);
                    v.sub(scaled).fma(share, scaled).intoArray(x, at);
                }
            }
        }
    }

    /** Along each candidate's vector. */
    private static final class DiceOfVectors extends JitBoundary {
        @Override
        void apply(Tile tile, int features, Object parameters, float[] in, float[] x) {
            Dice dice = (Dice) parameters;
            float[] alpha = dice.alpha();
            float[] scale = dice.scale();
            float[] offset = dice.offset();
            int stride = padded(features);
            for (int n = 0, at = 0; n < tile.candidates(); n++, at += stride) {
                for (int f = 0; f < stride; f += WIDTH) {
                    FloatVector v = load(x, at + f);
                    FloatVector share = FastExp.sigmoid(v.fma(load(scale, f), load(offset, f)));
                    FloatVector scaled = v.mul(load(alpha, f));
                    v.sub(scaled).fma(share, scaled).intoArray(x, at + f);
                }
            }
        }
    }
}
