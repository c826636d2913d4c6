package io.dienstream.sandbox.firsttry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The examples of a split as ad requests in a file, so that a job can be asked them. */
final class SplitRequests {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private SplitRequests() {}

    /**
     * Writes a line for each of the first {@code most} examples, without what became of them.
     *
     * @return how many there are
     */
    static int write(Dataset dataset, Split split, int most, Path file) throws IOException {
        int[] written = {0};
        try (CompleteFile complete = CompleteFile.create(file)) {
            try (Writer out =
                    new BufferedWriter(
                            new OutputStreamWriter(complete.stream(), StandardCharsets.UTF_8))) {
                dataset.forEach(
                        split,
                        example -> {
                            if (written[0] < most) {
                                out.write(json(example) + "\n");
                                written[0]++;
                            }
                        });
            }
            complete.complete();
        }
        return written[0];
    }

    private static ObjectNode json(TrainingExample example) {
        ObjectNode request = MAPPER.createObjectNode();
        request.put("request_id", example.getRequestId());
        request.put("user_id", example.getUserId());
        request.put("timestamp", example.getTimestamp());
        ObjectNode user = request.putObject("user");
        example.getUser().forEach(user::put);
        ObjectNode context = request.putObject("context");
        example.getContext().forEach(context::put);
        ArrayNode candidates = request.putArray("candidates");
        for (LabeledCandidate c : example.getCandidates()) {
            ObjectNode candidate = candidates.addObject();
            candidate.put("ad_id", c.getAdId());
            c.getFields().forEach(candidate::put);
        }
        return request;
    }
}
