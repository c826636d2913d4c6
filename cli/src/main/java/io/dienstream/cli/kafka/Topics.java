package io.dienstream.cli.kafka;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the job's topics. */
public final class Topics {
    /** The job's topics, by the option that names each. */
    public static final List<Option<String>> OPTIONS =
            List.of(
                    JobOptions.BEHAVIORS,
                    JobOptions.REQUESTS,
                    JobOptions.CONTROL,
                    JobOptions.SCORES,
                    JobOptions.SERVED,
                    JobOptions.DEAD_LETTERS);

    /** Topics that the job reads. */
    private static final List<String> INPUTS =
            Stream.of(JobOptions.BEHAVIORS, JobOptions.REQUESTS, JobOptions.CONTROL)
                    .map(Option::defaultText)
                    .toList();

    /** The brokers' clock, not the producers', says how far a record may move event time. */
    private static final Map<String, String> INPUT_CONFIG =
            Map.of("message.timestamp.type", "LogAppendTime");

    private static final long TIMEOUT_S = 30;

    private Topics() {}

    /**
     * Creates those of {@code names} that do not exist; what the job reads is stamped with the
     * brokers' time.
     *
     * @param config of each new topic, goes before ours
     * @return the names that were created
     */
    public static List<String> create(
            Properties client,
            List<String> names,
            int partitions,
            short replication,
            Map<String, String> config)
            throws Exception {
        List<String> created = new ArrayList<>();
        try (Admin admin = Admin.create(client)) {
            for (String name : names) {
                Map<String, String> own =
                        new HashMap<>(INPUTS.contains(name) ? INPUT_CONFIG : Map.of());
                own.putAll(config);
                NewTopic topic = new NewTopic(name, partitions, replication).configs(own);
                try {
                    admin.createTopics(List.of(topic)).all().get(TIMEOUT_S, TimeUnit.SECONDS);
                    created.add(name);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        }
        return created;
    }
}
