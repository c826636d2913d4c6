package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens sources that are no directory; found by {@link java.util.ServiceLoader}. */
public interface ServedSourceProvider {
    /** What such an address begins with, {@code kafka} for {@code kafka://HOST:PORT}. */
    String scheme();

    /**
     * Opens the source at {@code address}.
     *
     * @param config properties for the client, or null
     * @param mostBad records that may be unreadable
     * @param only what to read, as {@link ServedSource#sources} told of it; null for all there is
     * @throws IOException naming what is wrong with the address, or that nobody answers there
     */
    ServedSource open(String address, Path config, long mostBad, List<Manifest.Source> only)
            throws IOException;
}
