package io.dienstream.operate.command;

import io.dienstream.operate.rollout.RolloutClient;
import java.io.IOException;
import java.util.Properties;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command on a rollout takes. */
public final class RolloutMixin {
    @Mixin private KafkaMixin kafka;

    @Option(
            names = "--model",
            defaultValue = "default",
            description = "The job's rollout.model; default ${DEFAULT-VALUE}.")
    private String model = "default";

    @Option(
            names = "--job",
            paramLabel = "PREFIX",
            description = {
                "Only tasks of the job with this delivery.transactional-id-prefix count; default:"
                        + " all",
                "that have told of the model, those of a job that is gone for good too."
            })
    private String job;

    @Option(names = "--json", description = "One line of JSON.")
    private boolean json;

    /** As the options say. */
    public String model() {
        return model;
    }

    boolean json() {
        return json;
    }

    /** As the options say. */
    public RolloutClient client() throws IOException, InterruptedException {
        return new RolloutClient(kafka.client(), model, job);
    }

    /** Properties for Kafka's clients, where Kafka has {@code topic}. */
    Properties properties(String topic) throws IOException, InterruptedException {
        return kafka.client(topic);
    }
}
