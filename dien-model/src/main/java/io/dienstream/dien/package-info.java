/**
 * DIEN at serving time (Zhou et al., "Deep Interest Evolution Network for Click-Through Rate
 * Prediction", arXiv 1809.03672), in the form of MODEL_FORMAT.md. s is the logistic sigmoid, *
 * elementwise, x_t [D_b] an embedded behavior, e [D_a] an embedded ad.
 *
 * <pre>
 * interest extractor    h_t = GRU(x_t, h_{t-1}), h_0 = 0             when a behavior happens
 * attention             a_t = softmax_t(h_t' W e)                     for each candidate
 * interest evolution    g_t = AUGRU(h_t, g_{t-1}, a_t), g_0 = 0
 * head                  logit = MLP[user | e | p | e * p | g_T | context],  p = sum_t x_t
 *                       pCTR = s(logit)
 * </pre>
 *
 * The first line does not depend on the ad and is kept in keyed state; the rest is {@link
 * io.dienstream.dien.Scorer}. The comparisons of the paper (base, wide_deep, pnn, din,
 * gru_attention, aigru, agru) leave out or replace lines; see {@link
 * io.dienstream.dien.model.Architecture}.
 */
package io.dienstream.dien;
