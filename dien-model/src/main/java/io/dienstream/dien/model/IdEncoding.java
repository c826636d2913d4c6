package io.dienstream.dien.model;

/** Turns a raw id into a row of an embedding. Row 0 is "unknown". */
@FunctionalInterface
public interface IdEncoding {
    /** The row of {@code id}; 0 where it is null, empty or unknown. */
    int row(String id);
}
