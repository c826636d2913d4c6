package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one object names, another one is; and the job's Kafka user may do what the job does. */
class ManifestReferencesTest {
    /** Made by whoever runs the cluster; docs/operate/kubernetes.md says what they hold. */
    private static final Set<String> FROM_OUTSIDE =
            Set.of("dien-object-store", "dien-internal-tls");

    private static final String POD = "/podTemplate/spec";

    @EveryDeployment
    void everyNameExists(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode spec = all.one("FlinkDeployment").get("spec");
        assertThat(all.names("ServiceAccount")).contains(spec.get("serviceAccount").asText());
        for (JsonNode binding : all.ofKind("RoleBinding")) {
            assertThat(all.names("ServiceAccount"))
                    .contains(binding.at("/subjects/0/name").asText());
            assertThat(binding.at("/subjects/0/namespace"))
                    .isEqualTo(binding.at("/metadata/namespace"));
            assertThat(all.names("Role")).contains(binding.at("/roleRef/name").asText());
        }

        Set<String> secrets = new HashSet<>(FROM_OUTSIDE);
        // what Strimzi makes: a secret for each user, one with the cluster's certificate; the job
        // has copies of them (IsolationTest)
        secrets.addAll(all.names("KafkaUser"));
        all.names("Kafka").forEach(k -> secrets.add(k + "-cluster-ca-cert"));
        assertThat(texts(spec, "secretName")).isNotEmpty().allMatch(secrets::contains);
        for (JsonNode reference : spec.findValues("secretKeyRef")) {
            assertThat(secrets).contains(reference.get("name").asText());
        }
        List<String> claims = texts(spec, "claimName");
        assertThat(claims.isEmpty()).isEqualTo(Manifests.isWithoutModelsClaim(overlay));
        assertThat(claims).allMatch(all.names("PersistentVolumeClaim")::contains);
        for (JsonNode map : spec.findValues("configMap")) {
            assertThat(all.names("ConfigMap")).contains(map.get("name").asText());
        }
        assertMountsHaveVolumes(spec);
    }

    private static void assertMountsHaveVolumes(JsonNode spec) {
        Set<String> volumes = new TreeSet<>();
        Set<String> mounts = new TreeSet<>();
        for (JsonNode pod : List.of(spec.at(POD), spec.at("/taskManager" + POD))) {
            pod.at("/volumes").forEach(v -> volumes.add(v.get("name").asText()));
            pod.at("/containers/0/volumeMounts").forEach(m -> mounts.add(m.get("name").asText()));
        }
        assertThat(mounts).isEqualTo(volumes);
    }

    @EveryDeployment
    void optionsNameWhatIsMountedAndDeployed(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode spec = all.one("FlinkDeployment").get("spec");
        Map<String, String> options = all.options();
        List<String> paths = texts(spec.at(POD), "mountPath");
        List<String> named =
                new ArrayList<>(
                        List.of(
                                "kafka.properties.ssl.truststore.location",
                                "kafka.properties.config.providers.directory.param.allowed.paths",
                                "model.cache-directory",
                                "model.copy-directory"));
        if (!all.isLearning() && !Manifests.isWithoutModelsClaim(overlay)) {
            named.add("model.path");
        }
        for (String key : named) {
            String path = options.get(key);
            assertThat(paths).as(key).anyMatch(p -> (path + "/").startsWith(p + "/"));
        }
        String listener = all.one("Kafka").at("/spec/kafka/listeners/0/port").asText();
        assertThat(options.get(JobOptions.BOOTSTRAP_SERVERS.key()))
                .isEqualTo(
                        all.one("Kafka").at("/metadata/name").asText()
                                + "-kafka-bootstrap."
                                + all.one("Kafka").at("/metadata/namespace").asText()
                                + ".svc:"
                                + listener);
        List<String> args = new ArrayList<>();
        spec.at("/job/args").forEach(a -> args.add(a.asText()));
        assertThat(args).hasSize(2).first().isEqualTo("--options-file");
        assertThat(paths).anyMatch(p -> args.get(1).equals(p + "/options.properties"));
    }

    /** Copies have the volume to themselves, and a model that may be kept fits in it six times. */
    @EveryDeployment
    void theCacheHasAVolumeOfItsOwn(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode pod = all.one("FlinkDeployment").at("/spec" + POD);
        Map<String, String> options = all.options();
        String directory = options.get(JobOptions.MODEL_COPY_DIRECTORY.key());
        assertThat(Path.of(options.get(JobOptions.MODEL_CACHE.key())))
                .hasParentRaw(Path.of(directory));
        JsonNode mount = byField(pod.at("/containers/0/volumeMounts"), "mountPath", directory);
        assertThat(mount.path("readOnly").asBoolean()).isFalse();
        JsonNode volume = byField(pod.at("/volumes"), "name", mount.get("name").asText());
        String limit = volume.at("/emptyDir/sizeLimit").asText();
        assertThat(limit).endsWith("Gi");
        int kept = Integer.parseInt(options.get(JobOptions.MODEL_CACHE_SIZE.key()));
        assertThat(Integer.parseInt(limit.replace("Gi", "")) * 1024).isGreaterThan(6 * kept);
    }

    private static JsonNode byField(JsonNode list, String field, String value) {
        for (JsonNode element : list) {
            if (element.path(field).asText().equals(value)) {
                return element;
            }
        }
        throw new AssertionError("nothing with " + field + " " + value + " in " + list);
    }

    /**
     * Where the models are not in a volume, the job's own is in the object store that it may read.
     */
    @ParameterizedTest
    @ValueSource(strings = {"production-s3", "chart/production-s3"})
    void modelsMayBeInAnObjectStore(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        assertThat(all.options().get(JobOptions.MODEL.key())).startsWith("s3://");
        assertThat(all.ofKind("PersistentVolumeClaim")).isEmpty();
        JsonNode pod = all.one("FlinkDeployment").at("/spec" + POD);
        assertThat(texts(pod, "mountPath")).doesNotContain("/models");
        assertThat(pod.at("/containers/0/env").toString()).contains("dien-object-store");
    }

    /** What a user of Kafka may do. */
    private static Set<String> rights(Manifests all, String name) {
        Set<String> allowed = new TreeSet<>();
        for (JsonNode user : all.ofKind("KafkaUser")) {
            if (user.at("/metadata/name").asText().equals(name)) {
                for (JsonNode acl : user.at("/spec/authorization/acls")) {
                    for (JsonNode operation : acl.get("operations")) {
                        allowed.add(
                                acl.at("/resource/type").asText()
                                        + " "
                                        + acl.at("/resource/name").asText()
                                        + " "
                                        + operation.asText());
                    }
                }
            }
        }
        return allowed;
    }

    /** Nobody but who publishes models may write commands on them, the job itself included. */
    @EveryDeployment
    void modelsArePublishedByAUserOfTheirOwn(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        assertThat(rights(all, all.job())).doesNotContain("topic models Write");
        if (all.isLearning()) {
            return;
        }
        assertThat(rights(all, "dien-stream-models"))
                .containsExactlyInAnyOrder(
                        "topic models Read",
                        "topic models Write",
                        "topic models Describe",
                        "topic model-status Read",
                        "topic model-status Describe");
    }

    /** Each topic exists, and the user may use it as the job does, and no more. */
    @EveryDeployment
    void theJobMayDoWhatItDoes(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        Set<String> needed = all.isLearning() ? ofLearning() : ofScoring();
        assertThat(rights(all, all.job())).isEqualTo(needed);
        List<String> topics = new ArrayList<>(List.of("served", "models"));
        topics.addAll(all.names("KafkaTopic"));
        assertThat(topics.stream().distinct()).hasSize(8);
        for (String topic : topics) {
            assertThat(needed).anyMatch(n -> n.startsWith("topic " + topic + " "));
        }
    }

    private static Set<String> ofLearning() {
        Set<String> needed = new TreeSet<>();
        add(needed, LearningOptions.SERVED, "Read", "Describe");
        for (var in :
                List.of(LearningOptions.IMPRESSIONS, LearningOptions.CLICKS, JobOptions.MODELS)) {
            add(needed, in, "Read", "Describe", "DescribeConfigs");
        }
        // of these the job asks how large a record may be
        for (var out : List.of(LearningOptions.EXAMPLES, LearningOptions.DEAD_LETTERS)) {
            add(needed, out, "Read", "Write", "Describe", "DescribeConfigs");
        }
        for (var out : List.of(LearningOptions.CORRECTIONS, LearningOptions.QUALITY)) {
            add(needed, out, "Read", "Write", "Describe");
        }
        needed.add("group " + LearningOptions.GROUP_ID.defaultText() + " Read");
        String transactions = LearningOptions.TRANSACTION_PREFIX.defaultText();
        needed.add("transactionalId " + transactions + " Write");
        needed.add("transactionalId " + transactions + " Describe");
        needed.add("cluster  DescribeConfigs");
        return needed;
    }

    private static void add(Set<String> needed, Option<String> topic, String... operations) {
        for (String operation : operations) {
            needed.add("topic " + topic.defaultText() + " " + operation);
        }
    }

    private static Set<String> ofScoring() {
        Set<String> needed = new TreeSet<>();
        for (var in : List.of(JobOptions.BEHAVIORS, JobOptions.REQUESTS, JobOptions.CONTROL)) {
            needed.add("topic " + in.defaultText() + " Read");
            needed.add("topic " + in.defaultText() + " Describe");
            needed.add("topic " + in.defaultText() + " DescribeConfigs");
        }
        for (var out : List.of(JobOptions.SCORES, JobOptions.SERVED, JobOptions.DEAD_LETTERS)) {
            needed.add("topic " + out.defaultText() + " Read");
            needed.add("topic " + out.defaultText() + " Write");
            needed.add("topic " + out.defaultText() + " Describe");
            needed.add("topic " + out.defaultText() + " DescribeConfigs");
        }
        needed.add("topic models Read");
        needed.add("topic models Describe");
        needed.add("topic models DescribeConfigs");
        needed.add("topic model-status Write");
        needed.add("topic model-status Describe");
        needed.add("topic model-status DescribeConfigs");
        needed.add("group " + JobOptions.GROUP_ID.defaultText() + " Read");
        needed.add("transactionalId " + JobOptions.TRANSACTION_PREFIX.defaultText() + " Write");
        needed.add("transactionalId " + JobOptions.TRANSACTION_PREFIX.defaultText() + " Describe");
        needed.add("cluster  DescribeConfigs");
        return needed;
    }

    @EveryDeployment
    void podsAreLockedDown(String overlay) throws IOException {
        JsonNode spec = Manifests.rendered(overlay).one("FlinkDeployment").get("spec");
        JsonNode pod = spec.at(POD);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        JsonNode container = pod.at("/containers/0/securityContext");
        assertThat(container.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(pod.has("topologySpreadConstraints")).isTrue();
    }

    /** The rules for the Prometheus operator are those that promtool has tried. */
    @EveryDeployment
    void alertsAndDashboardAreTheRepositorys(String overlay) throws IOException {
        Manifests all = Manifests.rendered(overlay);
        JsonNode rules =
                Manifests.read(Manifests.ROOT.resolve("monitoring/alerts.yml")).objects().get(0);
        assertThat(all.one("PrometheusRule").at("/spec/groups")).isEqualTo(rules.get("groups"));
        String shown = null;
        for (JsonNode map : all.ofKind("ConfigMap")) {
            shown =
                    map.at("/data").has("dashboard.json")
                            ? map.at("/data").get("dashboard.json").asText()
                            : shown;
        }
        ObjectMapper json = new ObjectMapper();
        JsonNode dashboard =
                json.readTree(
                        Files.readString(Manifests.ROOT.resolve("monitoring/dashboard.json")));
        assertThat(json.readTree(shown)).isEqualTo(dashboard);
        assertThat((ArrayNode) dashboard.get("panels")).hasSizeGreaterThan(15);
    }

    private static List<String> texts(JsonNode node, String field) {
        return node.findValuesAsText(field);
    }
}
