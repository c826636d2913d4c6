package io.dienstream.job.option;

/** Where keyed state lives. */
public enum Backend {
    ROCKSDB,
    HASHMAP
}
