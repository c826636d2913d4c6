/**
 * The arithmetic of scoring: what it is ({@link io.dienstream.dien.kernel.Kernels}), who does it
 * ({@link io.dienstream.dien.kernel.KernelsProvider}), what it is given, and a scalar twin ({@link
 * io.dienstream.dien.kernel.ScalarKernels}) that the fast one is judged by. The fast one is the
 * package {@code vector}, which only the provider knows, by name.
 *
 * <p>A tile's candidates lie in one of two ways ({@link io.dienstream.dien.kernel.Tile}). Three
 * features of N candidates, on registers of 4 numbers:
 *
 * <pre>
 * lanes, N = 4: a register is one feature of all      vectors, N = 2: a register is one candidate
 *
 *   f0 of  n0 n1 n2 n3                                  n0:  f0 f1 f2 __
 *   f1 of  n0 n1 n2 n3                                  n1:  f0 f1 f2 __
 *   f2 of  n0 n1 n2 n3
 *   [features, N], nothing is padded                    [N, stride], the stride padded to registers
 * </pre>
 *
 * <p>Glossary:
 *
 * <pre>
 * width           numbers of a vector register: 16 with AVX-512, 8 with AVX2
 * lane            one number's place in a register
 * tile            candidates that are worked on together, and their layout
 * lanes           the layout whose registers hold one feature of neighboring candidates
 * vectors         the layout whose registers hold neighboring features of one candidate
 * features        what an array has of each candidate: inputs, outputs, units, or a number a step
 * padding         what fills a vector up to its stride; never read into a result
 * stride          from one vector, fact or row of weights to the next
 * rows, cols      outputs and inputs of a dense layer
 * facts           what an attention looks at, the same for all candidates: f_1..f_T
 * steps           T, positions of the history
 * state           g, the H features that a recurrent step reads and writes
 * projections     W y + b, the input's part of a step's gates, the same for all candidates
 * gates           update, reset and candidate, in this order; as a number: 3H, padded
 * products        U g, the state's part of the gates
 * powers          2^y and 1 + 2^y of the gates: what the next state is made of
 * </pre>
 */
package io.dienstream.dien.kernel;
