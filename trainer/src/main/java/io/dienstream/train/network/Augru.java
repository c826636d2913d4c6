package io.dienstream.train.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.GateForm;

/**
 * GRU whose update gate is governed by attention (DIEN, arXiv 1809.03672, section on interest
 * evolution):
 *
 * <pre>
 * u = s(W_u h_t + U_u g + b_u); r = s(W_r h_t + U_r g + b_r); c = tanh(W_c h_t + r * (U_c g) + b_c)
 * g_t = g + v * (c - g);  v = a_t (agru), a_t u (paper's gate), 1 - (1 - a_t)(1 - u) (official gate)
 * </pre>
 *
 * The input projections of all steps are one product. A padded step has a_t = 0, which freezes the
 * state but for the official gate, whose result is taken at the last real step instead.
 */
final class Augru {
    private final NDArray inputWeight;
    private final NDArray inputBias;
    private final NDArray recurrentWeight;
    private final int hidden;
    private final boolean attentionAlone;
    private final boolean official;

    Augru(Parameters p, int hidden, Architecture architecture, GateForm gate) {
        inputWeight = p.get("evolution.input.weight");
        inputBias = p.get("evolution.input.bias");
        recurrentWeight = p.get("evolution.recurrent.weight");
        this.hidden = hidden;
        attentionAlone = architecture == Architecture.AGRU;
        official = !attentionAlone && gate == GateForm.OFFICIAL;
    }

    /**
     * W h_t + b of all steps: what an example's history alone decides.
     *
     * @param facts h_t, [U, T, H]
     * @return [U, T, 3H]
     */
    NDArray project(NDArray facts) {
        return facts.matMul(inputWeight.transpose()).add(inputBias);
    }

    /**
     * @param projected of {@link #project}, [B, T, 3H]
     * @param attention a_t, [B, T], 0 at padded steps
     * @param last [B, T], 1 at each history's last step
     * @return g_T, [B, H]; zero for an empty history
     */
    NDArray evolve(NDArray projected, NDArray attention, NDArray last) {
        int size = (int) projected.getShape().get(0);
        int steps = (int) projected.getShape().get(1);
        NDArray stepMajor = projected.transpose(1, 0, 2).reshape(new Shape(-1, 3L * hidden));
        NDList gatesAndCandidate = stepMajor.split(new long[] {2L * hidden}, 1);
        NDList gates = gatesAndCandidate.get(0).split(steps, 0);
        NDList candidates = gatesAndCandidate.get(1).split(steps, 0);
        NDList weights = attention.transpose().reshape(new Shape(-1, 1)).split(steps, 0);
        NDArray recurrent = recurrentWeight.transpose();
        NDArray g = projected.getManager().zeros(new Shape(size, hidden));
        NDList states = new NDList();
        for (int t = 0; t < steps; t++) {
            g = step(g, gates.get(t), candidates.get(t), weights.get(t), recurrent);
            if (official) {
                states.add(g);
            }
        }
        return official ? atLast(states, last) : g;
    }

    /** One step of the equations above; {@code gates} and {@code candidate} hold W h_t + b. */
    private NDArray step(
            NDArray g, NDArray gates, NDArray candidate, NDArray a, NDArray recurrent) {
        NDList products = g.matMul(recurrent).split(new long[] {2L * hidden}, 1);
        NDList ur = Activation.sigmoid(gates.add(products.get(0))).split(2, 1);
        NDArray c = ur.get(1).mul(products.get(1)).add(candidate).tanh();
        NDArray v = a;
        if (official) {
            NDArray u = ur.get(0);
            v = u.add(a).sub(a.mul(u)); // 1 - (1 - a)(1 - u)
        } else if (!attentionAlone) {
            v = ur.get(0).mul(a);
        }
        return g.add(c.sub(g).mul(v));
    }

    private static NDArray atLast(NDList states, NDArray last) {
        NDArray all = NDArrays.stack(states, 1);
        return all.mul(last.expandDims(2)).sum(new int[] {1});
    }
}
