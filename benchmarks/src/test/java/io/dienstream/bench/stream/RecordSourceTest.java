package io.dienstream.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.bench.PaperModel;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.job.option.Backend;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordSourceTest {
    @TempDir private Path directory;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = directory.resolve("model");
        PaperModel.write(model, AttentionType.BILINEAR, 100);
    }

    @Test
    void isTheSameForTheSameSeed() throws IOException {
        RecordSource a = new RecordSource(model, 50, 0.1, 3);
        RecordSource b = new RecordSource(model, 50, 0.1, 3);
        for (int n = 0; n < 100; n++) {
            assertThat(a.behavior(n)).isEqualTo(b.behavior(n));
            assertThat(a.request(n, 5)).isEqualTo(b.request(n, 5));
        }
        assertThat(new RecordSource(model, 50, 0.1, 4).request(0, 5))
                .isNotEqualTo(new RecordSource(model, 50, 0.1, 3).request(0, 5));
    }

    @Test
    void givesTheHotUserItsShare() throws IOException {
        RecordSource source = new RecordSource(model, 1000, 0.1, 3);
        int hot = 0;
        for (int n = 0; n < 20_000; n++) {
            hot += source.behavior(n).getUserId().equals("u0") ? 1 : 0;
        }
        // a tenth, and a thousandth of the rest
        assertThat(hot).isBetween(1_800, 2_240);
    }

    @Test
    void knowsTheModelsIds() throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(model), KernelsProvider.get());
        RecordSource source = new RecordSource(model, 10, 0, 3);
        AdRequest request = source.request(1, 20);
        var encoded = scorer.encoder().newRequest();
        scorer.encoder().begin(request.getUser(), request.getContext(), 20, encoded);
        for (int n = 0; n < 20; n++) {
            scorer.encoder().candidate(n, request.getCandidates().get(n).getFields(), encoded);
            assertThat(encoded.unknownFields(n)).isZero();
        }
        Behavior behavior = source.behavior(1);
        assertThat(behavior.getFields()).containsOnlyKeys("item", "category");
        assertThat(request.getRequestId()).isEqualTo("r0");
        assertThat(source.requests()).isEqualTo(1);
    }

    @Test
    void mixesTenBehaviorsToARequest() {
        StreamCase mixed =
                new StreamCase(StreamCase.Load.MIXED, false, 1, 1, 20, 1, 0, Backend.ROCKSDB);
        long requests = 0;
        for (int n = 0; n < 110; n++) {
            requests += mixed.isRequest(n) ? 1 : 0;
        }
        assertThat(requests).isEqualTo(10);
    }
}
