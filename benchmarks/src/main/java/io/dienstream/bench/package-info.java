/**
 * What scoring costs on a machine, by JMH: {@link io.dienstream.bench.RequestBenchmark} whole
 * requests, {@link io.dienstream.bench.StepBenchmark} what they spend their time in, {@link
 * io.dienstream.bench.ClickBenchmark} a behavior's step, {@link
 * io.dienstream.bench.VocabularyBenchmark} a row by its id, {@link
 * io.dienstream.bench.PeerBenchmark} ONNX Runtime on the same artifact, {@link
 * io.dienstream.bench.PeakBenchmark} what the core could do at best. {@link
 * io.dienstream.bench.KernelRun} runs them in turns and puts them side by side.
 */
package io.dienstream.bench;
