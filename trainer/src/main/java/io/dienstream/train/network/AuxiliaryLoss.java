package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Activation;
import io.dienstream.dien.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The auxiliary loss of the interest extractor: state h_t should tell the behavior that came next
 * from one that did not. With q(h, x) the predicted log odds,
 *
 * <pre>
 * L = - sum over real t &lt; T of [log s(q(h_t, x_{t+1})) + log(1 - s(q(h_t, x'_{t+1})))] / (their number)
 * </pre>
 *
 * q is the inner product of the paper (needs H = D_b), or the 100-50-2 network of the authors'
 * code. Positions after a history's end count nothing, and log(1 - s(q)) is computed as log s(-q).
 */
final class AuxiliaryLoss {
    private static final int HIDDEN_1 = 100;
    private static final int HIDDEN_2 = 50;

    private final Parameters p;
    private final boolean network;

    AuxiliaryLoss(Parameters p, boolean network) {
        this.p = p;
        this.network = network;
    }

    /** Tensors of the network form. */
    static Map<String, int[]> networkShapes(ModelConfig config) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        dense(shapes, "auxiliary.hidden1", HIDDEN_1, config.hidden() + config.behaviorWidth());
        dense(shapes, "auxiliary.hidden2", HIDDEN_2, HIDDEN_1);
        dense(shapes, "auxiliary.output", 2, HIDDEN_2);
        return shapes;
    }

    private static void dense(Map<String, int[]> shapes, String name, int outputs, int inputs) {
        shapes.put(name + ".weight", new int[] {outputs, inputs});
        shapes.put(name + ".bias", new int[] {outputs});
    }

    /**
     * @param states h_t, [B, T, H]
     * @param happened x_t, [B, T, D_b]
     * @param drawn x'_t, [B, T, D_b]
     * @param mask [B, T]
     * @return a scalar; 0 where no history has two behaviors
     */
    NDArray of(NDArray states, NDArray happened, NDArray drawn, NDArray mask) {
        if (mask.getShape().get(1) < 2) {
            return states.getManager().create(0f);
        }
        NDArray h = states.get(new NDIndex(":, :-1"));
        NDArray m = mask.get(new NDIndex(":, 1:"));
        NDArray positive = odds(h, happened.get(new NDIndex(":, 1:")));
        NDArray negative = odds(h, drawn.get(new NDIndex(":, 1:")));
        // -log s(q) = softplus(-q)
        NDArray loss = Activation.softPlus(positive.neg()).add(Activation.softPlus(negative));
        return loss.mul(m).sum().div(m.sum().maximum(m.getManager().create(1f)));
    }

    private NDArray odds(NDArray h, NDArray x) {
        if (!network) {
            return h.mul(x).sum(new int[] {2});
        }
        NDArray z = NDArrays.concat(new NDList(h, x), 2);
        z = Activation.sigmoid(layer(z, "auxiliary.hidden1"));
        z = Activation.sigmoid(layer(z, "auxiliary.hidden2"));
        NDList two = layer(z, "auxiliary.output").split(2, 2);
        // softmax over two outputs is the sigmoid of their difference
        return two.get(0).sub(two.get(1)).squeeze(2);
    }

    private NDArray layer(NDArray x, String name) {
        return x.matMul(p.get(name + ".weight").transpose()).add(p.get(name + ".bias"));
    }
}
