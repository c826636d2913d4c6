package io.dienstream.operate.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.operate.served.TopicExamples.Slice;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicExamplesTest {
    private static final TopicPartition PARTITION = new TopicPartition("training-examples", 3);

    private static Manifest.Source source(String name) {
        return new Manifest.Source(name, 0, "");
    }

    @Test
    void aManifestNamesOffsets() throws IOException {
        assertThat(TopicExamples.parse(List.of(source("training-examples/3 [5, 17)"))))
                .isEqualTo(Map.of(PARTITION, new Slice(5, 17)));
        assertThatThrownBy(() -> TopicExamples.parse(List.of(source("examples/a.avro"))))
                .hasMessage("'examples/a.avro' names no offsets of a topic");
    }

    @Test
    void offsetsThatTheTopicHasNotAreRefusedByName() throws IOException {
        Map<TopicPartition, Slice> asked = Map.of(PARTITION, new Slice(5, 17));
        assertThat(TopicExamples.kept(asked, Map.of(PARTITION, new Slice(0, 17)))).isEqualTo(asked);
        for (Slice now : List.of(new Slice(6, 20), new Slice(0, 16))) {
            assertThatThrownBy(() -> TopicExamples.kept(asked, Map.of(PARTITION, now)))
                    .hasMessageContaining("training-examples/3 [5, 17) is in the manifest");
        }
        Map<TopicPartition, Slice> nothing = Map.of(PARTITION, new Slice(5, 5));
        assertThat(TopicExamples.kept(nothing, Map.of())).isEqualTo(nothing);
    }
}
