package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens sources that are no directory; found by {@link java.util.ServiceLoader}. */
public interface ServedSourceProvider {
    /**
     * What is to be read.
     *
     * @param address of the source
     * @param config properties for the client, or null
     * @param mostBad files or records that may be unreadable
     * @param since time of the oldest request that is asked for, ms; null for all
     * @param only what to read, as {@link ServedSource#sources} told of it; null for all there is
     * @param scratch directory for whatever the source needs until it has been read
     */
    record Reading(
            String address,
            Path config,
            long mostBad,
            Long since,
            List<Manifest.Source> only,
            Path scratch) {}

    /** Whether addresses that begin with it are of this kind, {@code kafka} of {@code kafka://}. */
    boolean reads(String scheme);

    /**
     * Opens a source.
     *
     * @throws IOException naming what is wrong with the address, or that nobody answers there
     */
    ServedSource open(Reading reading) throws IOException;
}
