package io.dienstream.datasets.erase;

import java.io.IOException;
import java.nio.file.Path;

/** An Avro container of behaviors or of other records that name their user. */
final class ContainerErasure implements FileErasure {
    private final Path file;
    private Replacement replacement;
    private boolean changes;

    ContainerErasure(Path file) {
        this.file = file;
    }

    @Override
    public void learn(ErasedUsers erased) {
        // behaviors have no requests
    }

    @Override
    public void doubt(ErasedUsers erased) {
        // nor are they anybody's
    }

    @Override
    public Counts prepare(ErasedUsers erased) throws IOException {
        replacement = new Replacement(file);
        Counts counts =
                Containers.copy(
                        file,
                        replacement.temporary(),
                        record -> !erased.contains(Containers.user(record)));
        changes = counts.removed() > 0;
        return counts;
    }

    @Override
    public void commit() throws IOException {
        if (changes) {
            replacement.commit();
        }
    }

    @Override
    public void close() throws IOException {
        if (replacement != null) {
            replacement.close();
        }
    }
}
