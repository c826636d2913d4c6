package io.dienstream.operate.command;

import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.RolloutTopics;
import java.io.IOException;
import java.util.List;
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

    @Option(
            names = "--models-topic",
            paramLabel = "TOPIC",
            description = "The job's topics.models; default ${DEFAULT-VALUE}.")
    private String models = RolloutTopics.DEFAULT.models();

    @Option(
            names = "--status-topic",
            paramLabel = "TOPIC",
            description = "The job's topics.model-status; default ${DEFAULT-VALUE}.")
    private String status = RolloutTopics.DEFAULT.status();

    @Option(names = "--json", description = "One line of JSON.")
    private boolean json;

    /** As the options say. */
    public String model() {
        return model;
    }

    boolean json() {
        return json;
    }

    /** As the options say, for the commands alone. */
    public RolloutClient client() throws IOException, InterruptedException {
        return client(List.of(models));
    }

    /** Likewise, for what tasks tell of them too. */
    RolloutClient watching() throws IOException, InterruptedException {
        return client(List.of(models, status));
    }

    private RolloutClient client(List<String> needed) throws IOException, InterruptedException {
        return new RolloutClient(
                kafka.client(needed), model, job, new RolloutTopics(models, status));
    }

    /** Properties for Kafka's clients, where Kafka has {@code topic}. */
    Properties properties(String topic) throws IOException, InterruptedException {
        return kafka.client(topic);
    }
}
