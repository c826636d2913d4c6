/**
 * What people would build instead of the main job: the same job with ONNX Runtime inside, and a
 * feature store with a model server. Each as its users would tune it, fed by the main job's own
 * sources and checks.
 */
package io.dienstream.bench.peer;
