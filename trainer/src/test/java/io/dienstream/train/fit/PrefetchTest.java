package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever waits for a batch is told how the thread that makes them ended. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class PrefetchTest {
    static List<Throwable> ends() {
        return List.of(
                new OutOfMemoryError("no heap"),
                new StackOverflowError(),
                new IllegalStateException("a fault"),
                new IOException("a bad disk"));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void whatEndsThePassEndsTheTraining(Throwable end) {
        try (Prefetch prefetch =
                new Prefetch(
                        consumer -> {
                            if (end instanceof Error e) {
                                throw e;
                            }
                            if (end instanceof RuntimeException e) {
                                throw e;
                            }
                            throw (IOException) end;
                        })) {
            assertThatThrownBy(prefetch::next).isSameAs(end);
        }
    }

    @Test
    void afterTheLastBatchThereIsNone() throws IOException {
        try (Prefetch prefetch = new Prefetch(consumer -> {})) {
            assertThat(prefetch.next()).isNull();
        }
    }
}
