package io.dienstream.console.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.schema.ModelStatus;
import java.io.IOException;

/** Which version answers whom, and what the tasks make of it. */
public final class Rollout {
    private final RolloutClient client;

    public Rollout(RolloutClient client) {
        this.client = client;
    }

    /**
     * {@code {revision, paused, tasks, versions: [{version, role, percent, requests, states}]}}.
     */
    public ObjectNode read() throws IOException {
        RolloutPlan plan = client.log().plan();
        return view(plan, client.states());
    }

    static ObjectNode view(RolloutPlan plan, TaskStates states) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("revision", plan.revision());
        node.put("paused", plan.paused());
        node.put("tasks", states.tasks());
        ArrayNode versions = node.putArray("versions");
        for (PlannedVersion version : plan.loaded()) {
            ObjectNode one = version(version.name(), role(plan, version), states, versions);
            one.put("percent", plan.percent(version));
        }
        plan.shadows().forEach(s -> version(s.name(), "shadow", states, versions));
        return node;
    }

    private static String role(RolloutPlan plan, PlannedVersion version) {
        if (version.equals(plan.live())) {
            return "live";
        }
        return version.equals(plan.previousGood()) ? "previous" : "candidate";
    }

    private static ObjectNode version(String name, String role, TaskStates states, ArrayNode to) {
        ObjectNode node = to.addObject().put("version", name).put("role", role);
        ObjectNode counts = node.putObject("states");
        long requests = 0;
        for (ModelStatus status : states.of(name)) {
            String state = status.getState().name();
            counts.put(state, counts.path(state).asInt() + 1);
            requests += status.getRequests();
            if (!status.getReason().isEmpty()) {
                node.put("reason", status.getReason());
            }
        }
        return node.put("requests", requests);
    }
}
