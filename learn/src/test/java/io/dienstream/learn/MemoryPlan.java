package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.dien.artifact.ModelReader;
import java.io.IOException;
import java.nio.file.Path;

/** A plan in memory that takes a command only on the revision that it has. */
final class MemoryPlan implements Rollout {
    Path artifact;
    String underWay;
    long revision;
    long movesOnBy;
    boolean kafkaIsAway;
    boolean paused;
    Published published;
    private String version = "configured";

    @Override
    public Live live() {
        Live live = new Live(artifact, published, version, revision, underWay, paused);
        revision += movesOnBy;
        return live;
    }

    @Override
    public void publish(Path path, String name, String sha256, long expected, String reason)
            throws IOException {
        if (kafkaIsAway) {
            throw new IOException("Kafka is away");
        }
        if (expected != revision) {
            throw new IOException(
                    "version " + name + " was not published: refused, the plan moved on");
        }
        assertThat(ModelReader.read(path).checksum()).isEqualTo(sha256);
        revision++;
        underWay = name;
    }

    void promote(Path path) throws IOException {
        artifact = path;
        published = new Published(path.toUri().toString(), ModelReader.read(path).checksum());
        version = underWay;
        underWay = null;
        revision++;
    }
}
