package io.dienstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the budget lets a drain evict, by the arithmetic of Kubernetes' disruption controller: a
 * share and maxUnavailable are of the scale of what owns the pods, an integer minAvailable is of
 * the pods that are there. In native mode TaskManagers are owned by the JobManager's Deployment,
 * whose scale says nothing about them.
 */
class DisruptionBudgetTest {
    private static JsonNode budget(String overlay) throws IOException {
        return Manifests.rendered(overlay).one("PodDisruptionBudget").get("spec");
    }

    private static JsonNode deployment(String overlay) throws IOException {
        return Manifests.rendered(overlay).one("FlinkDeployment").get("spec");
    }

    private static int taskManagers(JsonNode deployment) {
        int slots = deployment.at("/flinkConfiguration/taskmanager.numberOfTaskSlots").asInt();
        return (deployment.at("/job/parallelism").asInt() + slots - 1) / slots;
    }

    /** status.disruptionsAllowed of a budget. */
    private static int allowed(JsonNode budget, int healthy, int ownersScale) {
        int desired;
        if (budget.has("maxUnavailable")) {
            desired = ownersScale - scaled(budget.get("maxUnavailable"), ownersScale);
        } else {
            desired = scaled(budget.get("minAvailable"), ownersScale);
        }
        return Math.max(0, healthy - Math.max(0, desired));
    }

    private static int scaled(JsonNode value, int of) {
        if (value.isInt()) {
            return value.asInt();
        }
        int percent = Integer.parseInt(value.asText().replace("%", ""));
        return (percent * of + 99) / 100;
    }

    @EveryDeployment
    void oneTaskManagerAtATime(String overlay) throws IOException {
        JsonNode deployment = deployment(overlay);
        JsonNode budget = budget(overlay);
        int owners = deployment.at("/jobManager/replicas").asInt();
        int all = taskManagers(deployment);
        assertThat(allowed(budget, all, owners)).isEqualTo(1);
        assertThat(allowed(budget, all - 1, owners)).isZero();
        assertThat(budget.at("/selector/matchLabels/component").asText()).isEqualTo("taskmanager");
        assertThat(budget.at("/selector/matchLabels/app").asText())
                .isEqualTo(
                        Manifests.rendered(overlay)
                                .one("FlinkDeployment")
                                .at("/metadata/name")
                                .asText());
    }

    /** What protects nothing: all of these leave several TaskManagers to a drain at once. */
    @ParameterizedTest
    @CsvSource({"maxUnavailable,1", "maxUnavailable,20%", "minAvailable,80%"})
    void whatIsCountedByTheOwnerProtectsNothing(String key, String value) throws IOException {
        JsonNode deployment = deployment("production");
        ObjectNode budget = budget("production").deepCopy();
        budget.remove("minAvailable");
        if (value.endsWith("%")) {
            budget.put(key, value);
        } else {
            budget.put(key, Integer.parseInt(value));
        }
        int owners = deployment.at("/jobManager/replicas").asInt();
        assertThat(allowed(budget, taskManagers(deployment), owners)).isGreaterThan(3);
        // as it was seen: three healthy TaskManagers under one JobManager
        assertThat(allowed(Manifests.YAML.readTree("{maxUnavailable: 1}"), 3, 1)).isEqualTo(3);
    }
}
