package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Helm chart amounts to the overlays, and refuses values that it does not know. What holds of
 * overlays and chart alike is in the tests with {@link EveryDeployment}.
 */
class ChartTest {

    @TempDir private Path directory;

    private Manifests render(String release, String values) throws IOException {
        return Manifests.parse(Chart.render(release, write(values)));
    }

    private Path write(String values) throws IOException {
        return Files.writeString(directory.resolve("values.yaml"), values);
    }

    /** Both name the config map of the options by a hash, each by its own. */
    private static String withoutHash(String name) {
        return name.replaceFirst("^(dien-(stream|learning)-options)-[a-z0-9]{10}$", "$1");
    }

    private static JsonNode spec(Manifests all) {
        JsonNode spec = all.one("FlinkDeployment").get("spec").deepCopy();
        ObjectNode map = (ObjectNode) spec.at("/podTemplate/spec/volumes/0/configMap");
        String name = map.get("name").asText();
        assertThat(withoutHash(name)).isEqualTo(all.job() + "-options").isNotEqualTo(name);
        map.put("name", withoutHash(name));
        // options that an overlay gives by environment are in the chart's file
        for (Iterator<JsonNode> env = spec.at("/podTemplate/spec/containers/0/env").elements();
                env.hasNext(); ) {
            if (env.next().get("name").asText().startsWith("DIEN_")) {
                env.remove();
            }
        }
        return spec;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local",
                "production",
                "production-s3",
                "learning-local",
                "learning-production",
                "learning-production-s3"
            })
    void theDeploymentIsTheOverlays(String values) throws IOException {
        assertThat(spec(Chart.alone(values))).isEqualTo(spec(Manifests.alone(values)));
    }

    private static Map<String, JsonNode> byName(Manifests all) {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (JsonNode o : all.objects()) {
            String name = withoutHash(o.at("/metadata/name").asText());
            String namespace = o.at("/metadata/namespace").asText();
            objects.put(Manifests.kind(o) + " " + namespace + "/" + name, o);
        }
        assertThat(objects).hasSameSizeAs(all.objects());
        return objects;
    }

    /**
     * Everything else is, too. Allowed are Helm's labels and annotations. The order of the options
     * and their comments do not count; the alerts of both are held against monitoring/ elsewhere.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "local",
                "production",
                "production-s3",
                "learning-local",
                "learning-production",
                "learning-production-s3"
            })
    void theRestIsTheOverlays(String values) throws IOException {
        Map<String, JsonNode> chart = byName(Chart.alone(values));
        Map<String, JsonNode> overlay = byName(Manifests.alone(values));
        overlay.values().removeIf(Chart::isBefore);
        assertThat(chart.keySet()).isEqualTo(overlay.keySet());
        for (Map.Entry<String, JsonNode> e : chart.entrySet()) {
            ObjectNode ours = e.getValue().deepCopy();
            ObjectNode theirs = overlay.get(e.getKey()).deepCopy();
            JsonNode labels = ours.remove("metadata").get("labels");
            for (Map.Entry<String, JsonNode> label :
                    theirs.remove("metadata").path("labels").properties()) {
                assertThat(labels.get(label.getKey())).isEqualTo(label.getValue());
            }
            if (ours.at("/data").has("options.properties")) {
                assertThat(Chart.alone(values).options())
                        .isEqualTo(Manifests.alone(values).options());
            } else if (!Set.of("FlinkDeployment", "PrometheusRule")
                    .contains(ours.get("kind").asText())) {
                assertThat(ours).as(e.getKey()).isEqualTo(theirs);
            }
        }
    }

    /** A chart reads nothing outside of itself. */
    @ParameterizedTest
    @ValueSource(strings = {"alerts.yml", "dashboard.json"})
    void itsFilesAreCopies(String file) throws IOException {
        assertThat(Chart.DIRECTORY.resolve("files").resolve(file))
                .as("run k8s/render.sh")
                .hasSameTextualContentAs(Manifests.ROOT.resolve("monitoring").resolve(file));
    }

    @Test
    void lintFindsNothing() {
        LintResult lint = Chart.helm().lint().strict().call();
        assertThat(lint.isFailed()).as(lint.getMessages().toString()).isFalse();
        assertThat(lint.getMessages()).noneMatch(m -> m.matches("\\[(ERROR|WARNING)].*"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "parallelism: -1 | parallelism",
                "parallelism: 0 | parallelism",
                "parallelism: '2' | parallelism",
                "parallelisms: 2 | parallelisms",
                "job: learner | job",
                "taskManager: {slot: 2} | slot",
                "taskManager: {cpu: 0} | cpu",
                "taskManager: {memory: plenty} | memory",
                "storage: {checkpoints: ''} | checkpoints",
                "storage: {models: {accessMode: ReadOnce}} | accessMode",
                "storage: {models: {uri: file:///models/1}} | uri",
                "storage: {models: {uri: s3://models}} | uri",
                "storage: {cache: {size: much}} | size",
                "kafka: {bootstrapServers: kafka} | bootstrapServers",
                "kafka: {strimzi: {retentionMs: {clicks: 1}}} | clicks",
                "options: {checkpoint.timeout: 10} | checkpoint.timeout",
                "options: {job.parallelism: '4'} | job.parallelism",
                "options: {model.cache-directory: /tmp} | model.cache-directory",
                "flinkConfiguration: {pipeline.max-parallelism: 480} | pipeline.max-parallelism",
                "autoscaler: {utilizationMax: '1.5'} | utilizationMax",
                "networkPolicy: {outside: [{cidr: 0.0.0.0/0, ports: [443]}]} | cidr",
                "networkPolicy: {outside: [{cidr: 10.0.0.0/8}]} | ports",
                "disruptionBudget: {minAvailable: -1} | minAvailable",
                "kafka: {userSecret: ''} | kafka.strimzi needs kafka.userSecret",
            })
    void wrongValuesAreRefused(String values, String named) throws IOException {
        Path file = write(values);
        Chart.helm();
        assertThatThrownBy(() -> Chart.render(Chart.RELEASE, file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(named);
    }

    @Test
    void aLongNameIsRefused() throws IOException {
        Path file = write("parallelism: 2");
        Chart.helm();
        assertThatThrownBy(() -> Chart.render("a".repeat(46), file))
                .hasMessageContaining("at most 45 characters");
    }

    /** A changed option is an upgrade, and the map of before is there to go back to. */
    @Test
    void aChangedOptionIsAnotherMap() throws IOException {
        Set<String> names =
                List.of("10s", "30s").stream()
                        .map(interval -> "options: {checkpoint.interval: " + interval + "}")
                        .map(this::deployedMap)
                        .collect(Collectors.toSet());
        assertThat(names).hasSize(2);
    }

    private String deployedMap(String values) {
        try {
            Manifests all = render("dien-stream", values);
            String name =
                    all.one("FlinkDeployment")
                            .at("/spec/podTemplate/spec/volumes/0/configMap/name")
                            .asText();
            JsonNode map =
                    all.ofKind("ConfigMap").stream()
                            .filter(m -> m.at("/metadata/name").asText().equals(name))
                            .findFirst()
                            .orElseThrow();
            assertThat(map.at("/metadata/annotations").get("helm.sh/resource-policy").asText())
                    .isEqualTo("keep");
            return name;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** State, models and topics outlive the release. */
    @Test
    void whatHoldsDataStays() throws IOException {
        Manifests all = Chart.alone("local");
        for (String kind : List.of("PersistentVolumeClaim", "KafkaTopic")) {
            assertThat(all.ofKind(kind))
                    .hasSizeGreaterThan(1)
                    .allMatch(
                            o ->
                                    o.at("/metadata/annotations")
                                            .path("helm.sh/resource-policy")
                                            .asText()
                                            .equals("keep"));
        }
    }

    /** Every selector follows the name of the release. */
    @Test
    void anotherReleaseIsOnItsOwn() throws IOException {
        Manifests all = render("ads", "networkPolicy: {denyAll: false}");
        assertThat(all.one("FlinkDeployment").at("/metadata/name").asText()).isEqualTo("ads");
        for (JsonNode o : all.objects()) {
            assertThat(o.findValuesAsText("app")).as(Manifests.kind(o)).allMatch("ads"::equals);
        }
        assertThat(all.names("NetworkPolicy")).containsExactlyInAnyOrder("ads", "ads-outside");
        assertThat(all.names("ServiceAccount")).containsExactlyInAnyOrder("ads", "ads-taskmanager");
    }

    @Test
    void aFirstDeploymentMayStartFromASavepoint() throws IOException {
        Manifests all = render("ads", "initialSavepoint: s3://b/s/savepoint-1");
        assertThat(all.one("FlinkDeployment").at("/spec/job/initialSavepointPath").asText())
                .isEqualTo("s3://b/s/savepoint-1");
    }

    /** Nothing is shared then, and no line on the claim counts any more. */
    @Test
    void modelsMayBeInAnObjectStore() throws IOException {
        Manifests all =
                render("ads", "storage: {models: {uri: s3://m/1, create: true, claim: mine}}");
        assertThat(all.names("PersistentVolumeClaim")).containsExactly("dien-state");
        JsonNode pod = all.one("FlinkDeployment").at("/spec/podTemplate/spec");
        assertThat(pod.findValuesAsText("claimName")).containsExactly("dien-state");
        assertThat(pod.findValuesAsText("mountPath")).doesNotContain("/models");
        assertThat(all.options()).containsEntry("model.path", "s3://m/1");
    }

    /** By default the cache is on the node's own disk. */
    @Test
    void theCacheMayBeAVolumeOfEachPod() throws IOException {
        Manifests all = render("ads", "storage: {cache: {size: 40Gi, storageClassName: fast}}");
        JsonNode pod = all.one("FlinkDeployment").at("/spec/podTemplate/spec");
        JsonNode claim = pod.findValue("ephemeral").at("/volumeClaimTemplate/spec");
        assertThat(claim.get("storageClassName").asText()).isEqualTo("fast");
        assertThat(claim.at("/resources/requests/storage").asText()).isEqualTo("40Gi");
        assertThat(pod.findValues("emptyDir")).hasSize(2); // log and tmp
    }

    @Test
    void whatIsTurnedOffIsNotThere() throws Exception {
        Manifests all =
                render(
                        "ads",
                        """
                        kafka: {bootstrapServers: "a:9092,b:9092", userSecret: "", caSecret: "", strimzi: {enabled: false}}
                        storage: {state: {enabled: false}, models: {create: false}, checkpoints: s3://b/c, savepoints: s3://b/s, highAvailability: s3://b/h}
                        monitoring: {podMonitor: {enabled: false}, prometheusRule: {enabled: false}, dashboard: {enabled: false}}
                        networkPolicy: {enabled: false}
                        disruptionBudget: {enabled: false}
                        """);
        assertThat(all.objects().stream().map(o -> o.get("kind").asText()))
                .containsOnly(
                        "ServiceAccount", "Role", "RoleBinding", "ConfigMap", "FlinkDeployment");
        JsonNode deployment = all.one("FlinkDeployment");
        assertThat(deployment.at("/spec/job").has("initialSavepointPath")).isFalse();
        assertThat(deployment.at("/spec/podTemplate/spec/volumes").findValuesAsText("name"))
                .contains("options", "models", "log", "tmp", "cache")
                .doesNotContain("kafka-user", "kafka-ca", "state", "internal-tls");
        assertThat(all.options().keySet()).noneMatch(k -> k.startsWith("kafka.properties."));
        try (Operator operator = new Operator()) {
            assertThat(operator.refusal(deployment)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7, 2, null, 3", // four TaskManagers
        "8, 2, null, 3",
        "9, 2, null, 4",
        "1, 4, null, 0",
        "9, 2, 0, 0",
    })
    void theBudgetFollowsTheSizes(int parallelism, int slots, String least, int stay)
            throws IOException {
        String values =
                "{parallelism: %d, taskManager: {slots: %d}, disruptionBudget: {minAvailable: %s}}";
        Manifests all = render("ads", values.formatted(parallelism, slots, least));
        assertThat(all.one("PodDisruptionBudget").at("/spec/minAvailable").asInt(-1))
                .isEqualTo(stay);
    }
}
