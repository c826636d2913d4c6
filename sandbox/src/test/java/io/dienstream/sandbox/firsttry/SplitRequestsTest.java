package io.dienstream.sandbox.firsttry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.RequestLog;
import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Candidate;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitRequestsTest {
    private static final int MOST = 12;

    @TempDir Path directory;

    @Test
    void asksWhatTheExamplesOfTheSplitWere() throws Exception {
        Dataset dataset = SmallDataset.write(directory.resolve("data"), 80, 3);
        Path file = directory.resolve("requests.jsonl");
        assertThat(SplitRequests.write(dataset, Split.TEST, MOST, file)).isEqualTo(MOST);

        List<TrainingExample> examples = new ArrayList<>();
        dataset.forEach(Split.TEST, e -> examples.add(TrainingExample.newBuilder(e).build()));
        List<AdRequest> requests = new ArrayList<>();
        BadLines bad = new BadLines(new PrintWriter(new StringWriter()));
        RequestLog.forEach(file, bad, line -> requests.add(line.request()));
        assertThat(bad.count()).isZero();
        assertThat(requests).hasSize(MOST);
        for (int n = 0; n < MOST; n++) {
            AdRequest request = requests.get(n);
            TrainingExample example = examples.get(n);
            assertThat(request.getRequestId()).isEqualTo(example.getRequestId());
            assertThat(request.getUserId()).isEqualTo(example.getUserId());
            assertThat(request.getTimestamp()).isEqualTo(example.getTimestamp());
            assertThat(request.getCandidates())
                    .extracting(Candidate::getAdId)
                    .isEqualTo(
                            example.getCandidates().stream()
                                    .map(LabeledCandidate::getAdId)
                                    .toList());
            assertThat(request.getCandidates())
                    .extracting(Candidate::getFields)
                    .isEqualTo(
                            example.getCandidates().stream()
                                    .map(LabeledCandidate::getFields)
                                    .toList());
        }
    }
}
