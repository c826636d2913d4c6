package io.dienstream.job.connector;

import io.dienstream.job.failure.RootCause;
import io.dienstream.job.option.Delivery;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether the job may do in Kafka what it will do, and what it means when Kafka refuses. */
final class KafkaAccess {
    private final Settings options;
    private final JobTopics topics;
    private final long timeoutMs;
    private final Set<String> missing = new TreeSet<>();
    private final List<String> forbidden = new ArrayList<>();

    private KafkaAccess(Settings options, JobTopics topics, long timeoutMs) {
        this.options = options;
        this.topics = topics;
        this.timeoutMs = timeoutMs;
    }

    /**
     * @throws IOException naming the topics that are missing, or what the user may not do
     */
    static void check(Settings options, JobTopics topics, long timeoutMs)
            throws IOException, InterruptedException {
        String servers = options.get(JobOptions.BOOTSTRAP_SERVERS);
        KafkaAccess access = new KafkaAccess(options, topics, timeoutMs);
        try (Admin admin = Admin.create(options.kafkaProperties())) {
            access.askTopics(admin);
            access.askGroup(admin);
        } catch (ExecutionException | TimeoutException e) {
            throw refusal(servers, timeoutMs, e);
        }
        if (!access.missing.isEmpty()) {
            throw new IOException(
                    "Kafka at %s has no topics %s; create them with ./dien topics create"
                                    .formatted(servers, access.missing)
                            + " --bootstrap-servers "
                            + servers);
        }
        if (!access.forbidden.isEmpty()) {
            throw new IOException(
                    "Kafka at %s does not allow the job's user: %s; add ACLs for it"
                            .formatted(servers, String.join(", ", access.forbidden)));
        }
    }

    private void askTopics(Admin admin)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, Set<AclOperation>> needed = needed();
        var answers =
                admin.describeTopics(
                                needed.keySet(),
                                new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> e : answers.entrySet()) {
            String topic = e.getKey();
            try {
                TopicDescription found = e.getValue().get(timeoutMs, TimeUnit.MILLISECONDS);
                compare(topic, needed.get(topic), found.authorizedOperations());
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                    missing.add(topic);
                } else if (failed.getCause() instanceof AuthorizationException) {
                    forbidden.add("DESCRIBE on topic " + topic);
                } else {
                    throw failed;
                }
            }
        }
    }

    /**
     * @param allowed null where the broker is too old to say
     */
    private void compare(String topic, Set<AclOperation> needed, Set<AclOperation> allowed) {
        for (AclOperation operation : new TreeSet<>(needed)) {
            if (allowed != null && !allowed.contains(operation)) {
                forbidden.add(operation + " on topic " + topic);
            }
        }
    }

    private void askGroup(Admin admin)
            throws ExecutionException, TimeoutException, InterruptedException {
        String group = options.get(JobOptions.GROUP_ID);
        try {
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
            forbidden.add("READ on group " + group);
        }
    }

    private Map<String, Set<AclOperation>> needed() {
        Map<String, Set<AclOperation>> needed = new TreeMap<>();
        for (var in : topics.read()) {
            needed.put(options.get(in), Set.of(AclOperation.READ));
        }
        for (var out : topics.reported()) {
            needed.put(options.get(out), Set.of(AclOperation.WRITE));
        }
        // an exactly-once sink asks who has transactions open in its topic
        Set<AclOperation> write =
                options.get(JobOptions.DELIVERY) == Delivery.EXACTLY_ONCE
                        ? Set.of(AclOperation.READ, AclOperation.WRITE)
                        : Set.of(AclOperation.WRITE);
        for (var out : topics.written()) {
            needed.put(options.get(out), write);
        }
        return needed;
    }

    /** What it means, and what to look at, when no broker could be asked. */
    static IOException refusal(String servers, long timeoutMs, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SaslAuthenticationException) {
                return new IOException(
                        "Kafka at %s refused the user (%s): check kafka.properties.sasl.mechanism and"
                                        .formatted(servers, cause.getMessage())
                                + " user and password in kafka.properties.sasl.jaas.config",
                        e);
            }
            if (cause instanceof SSLException) {
                return new IOException(
                        "no TLS with Kafka at %s (%s): check the dates and names of its certificate,"
                                        .formatted(servers, RootCause.of(cause).getMessage())
                                + " and kafka.properties.ssl.truststore.*",
                        e);
            }
        }
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        return new IOException(
                "Kafka at %s did not answer within %d ms (%s): is a broker running there, and"
                                .formatted(servers, timeoutMs, cause.getClass().getSimpleName())
                        + " are kafka.bootstrap-servers and kafka.properties.* right?",
                e);
    }
}
