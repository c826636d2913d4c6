package io.dienstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pod security standard {@code restricted}, as far as pods without exotic fields go. */
final class Restricted {
    private static final Set<String> SOURCES =
            Set.of(
                    "configMap",
                    "csi",
                    "downwardAPI",
                    "emptyDir",
                    "ephemeral",
                    "persistentVolumeClaim",
                    "projected",
                    "secret");

    private Restricted() {}

    /** What a namespace that enforces it would refuse the pod for. */
    static List<String> faults(JsonNode pod) {
        List<String> faults = new ArrayList<>();
        JsonNode spec = pod.get("spec");
        JsonNode context = spec.path("securityContext");
        if (!context.path("runAsNonRoot").asBoolean() || context.path("runAsUser").asInt() == 0) {
            faults.add("may run as root");
        }
        if (!context.at("/seccompProfile/type").asText().equals("RuntimeDefault")) {
            faults.add("no seccomp profile");
        }
        for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (spec.path(host).asBoolean()) {
                faults.add(host);
            }
        }
        for (JsonNode volume : spec.path("volumes")) {
            volume.fieldNames()
                    .forEachRemaining(
                            source -> {
                                if (!source.equals("name") && !SOURCES.contains(source)) {
                                    faults.add("volume of kind " + source);
                                }
                            });
        }
        for (String kind : List.of("containers", "initContainers")) {
            spec.path(kind).forEach(c -> container(faults, c));
        }
        return faults;
    }

    private static void container(List<String> faults, JsonNode container) {
        String name = container.get("name").asText();
        JsonNode own = container.path("securityContext");
        if (own.path("allowPrivilegeEscalation").asBoolean(true)) {
            faults.add(name + " may escalate");
        }
        if (!own.at("/capabilities/drop").toString().equals("[\"ALL\"]")
                || own.path("capabilities").has("add")) {
            faults.add(name + " has capabilities");
        }
        if (own.path("privileged").asBoolean()) {
            faults.add(name + " is privileged");
        }
        for (JsonNode port : container.path("ports")) {
            if (port.has("hostPort")) {
                faults.add(name + " has a port of the host");
            }
        }
    }
}
