/**
 * The kernels by the Vector API. Terms are those of {@link io.dienstream.dien.kernel}.
 *
 * <pre>
 * VectorKernels       the facade: which tile is next, and who does what
 * LaneMajorMatMul     dense layers where candidates are lanes
 * RowMajorMatMul      dense layers of plain vectors, with RowMajorBlocks
 * AttentionScores     products with facts, softmax, sum by weight
 * GruStep             a recurrent step; GruOfLanes, GruOfVectors, and StepScratch, which they share
 * Activations         sigmoid, PReLU, Dice
 * FastExp             2^y
 * Registers           how wide, how many, load and broadcast
 * JitBoundary         why loops are called from one place, by number; read it before adding one
 * </pre>
 *
 * <p>Products are computed in blocks whose sums stay in registers while the inputs go by. A weight
 * has the same place for both: [cols, stride], an input's weights side by side.
 *
 * <pre>
 * LaneMajorMatMul, 6 x 2 registers               RowMajorMatMul, 4 vectors x 3 registers
 *
 *            x[c]: lanes 0..W, W..2W                       weights of x[c]: rows r..r+3W
 *   w[c, r]    a0  b0                               x[n, c]    a0  a1  a2
 *   w[c, r+1]  a1  b1                               x[n+1, c]  b0  b1  b2
 *   ..         ..  ..                               x[n+2, c]  c0  c1  c2
 *   w[c, r+5]  a5  b5                               x[n+3, c]  d0  d1  d2
 *
 *   each round: 2 loads, 6 broadcasts, 12           each round: 3 loads, 4 broadcasts, 12
 *   multiply-adds                                   multiply-adds
 * </pre>
 *
 * <p>A recurrent step, with what each of its parts reads and writes; i is the candidate's input:
 *
 * <pre>
 *              reads                writes
 * product      state, gate inputs   y_u | y_r | U_c g
 * Gates        y_u, y_r             U = 1 + 2^y_u | R = 1 + 2^y_r
 * Candidate    U_c g, R, i          E = 2^(i + U_c g / R)
 * Blend        U, E, state          state
 * </pre>
 *
 * <p>Of lanes, what is written stands where what was read stood; of vectors it goes to the powers
 * ({@link io.dienstream.dien.kernel.vector.StepScratch} says why).
 */
package io.dienstream.dien.kernel.vector;
