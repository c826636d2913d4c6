package io.dienstream.cli.kafka;

import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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

    private static final long TIMEOUT_S = 30;

    private Topics() {}

    /**
     * Creates those of {@code names} that do not exist.
     *
     * @param config of each new topic
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
                NewTopic topic = new NewTopic(name, partitions, replication).configs(config);
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
