package io.dienstream.sandbox;

import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.schema.AdRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a demo sends that must become dead letters. */
final class BrokenRecords {
    private BrokenRecords() {}

    /** In turn bytes that are no message and a request without candidates. */
    static void send(long n, LogPlayer player) {
        if (n % 2 == 0) {
            byte[] garbage = "not an Avro message".getBytes(StandardCharsets.UTF_8);
            player.send(JobOptions.BEHAVIORS.defaultText(), "u0", garbage);
        } else {
            long now = System.currentTimeMillis();
            player.send(new AdRequest("bad" + n, "u0", now, Map.of(), Map.of(), List.of()));
        }
    }
}
