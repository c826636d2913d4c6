package io.dienstream.bench.peer;

import io.dienstream.dien.artifact.ModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What the main job is measured beside. */
public enum Peer {
    /** The same job with ONNX Runtime inside. */
    ONNX,
    /** A feature store and a model server. */
    SERVER;

    /**
     * Reads the graph, before anything is started.
     *
     * @throws IOException in one line, where it is none of this model
     */
    public void check(Path artifact, Path graph) throws IOException {
        if (!graph.toFile().isFile()) {
            throw new IOException("--peer %s=%s: no such file".formatted(option(), graph));
        }
        OnnxGraph.of(graph, ModelReader.read(artifact).config()).close();
    }

    /**
     * Starts it.
     *
     * @param artifact whose vocabularies and sizes it has
     * @param graph the same model as an ONNX graph
     * @param scratch a directory for what processes print
     * @throws IOException in one line, where it cannot be had here
     */
    public Contender start(Path artifact, Path graph, Path scratch)
            throws IOException, InterruptedException {
        check(artifact, graph);
        return switch (this) {
            case ONNX -> new OnnxJob(artifact, graph);
            case SERVER -> new ServerJob(artifact, graph, scratch);
        };
    }

    /** Whether this machine has what {@link #SERVER} needs. */
    public static boolean hasRedis() {
        return RedisStore.isInstalled();
    }

    /** As the command line names it. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
