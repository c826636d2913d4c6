package io.dienstream.dien.model;

/** Turns a raw id into a row of an embedding. Row 0 is "unknown". */
@FunctionalInterface
public interface IdEncoding {
    /** Characters that an id may have at most, in a vocabulary and in a job's records. */
    int MOST_CHARS = 1 << 14;

    /** The row of {@code id}; 0 where it is null, empty or unknown. */
    int row(String id);
}
