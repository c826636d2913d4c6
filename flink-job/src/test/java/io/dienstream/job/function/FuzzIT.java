package io.dienstream.job.function;

/** What {@link FuzzTest} does, a million times. */
class FuzzIT extends FuzzTest {
    @Override
    int values() {
        return 1_000_000;
    }
}
