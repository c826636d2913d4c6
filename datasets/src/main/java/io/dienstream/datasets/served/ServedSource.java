package io.dienstream.datasets.served;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.util.List;

/** Where a learning job has left what was served and what became of it. */
public interface ServedSource {
    /** What takes the records, in any order; an example may come more than once. */
    interface Consumer {
        void example(TrainingExample example) throws IOException;

        void correction(LabelCorrection correction) throws IOException;
    }

    /**
     * Hands on all that the source has.
     *
     * @return how many of its files or records could not be read
     * @throws IOException where more of them could not be read than may be
     */
    long read(Consumer consumer) throws IOException;

    /**
     * W2 of the job that left it, ms, the longest where there were several; after {@link #read},
     * null where the source does not say.
     */
    default Long correctionWaitMs() {
        return null;
    }

    /** What was read, so that the same can be read again; after {@link #read}. */
    List<Manifest.Source> sources() throws IOException;
}
