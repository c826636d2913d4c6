package io.dienstream.operate.command;

import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The steps of a rollout, each a command. */
final class RolloutSteps {
    private RolloutSteps() {}

    /** {@code dien model publish}. */
    @Command(
            name = "publish",
            mixinStandardHelpOptions = true,
            description = {
                "Makes an artifact known to the running jobs, which load it beside the live one.",
                "It answers --percent of users, always the same ones; 0 at first."
            })
    static final class Publish extends RolloutCommand {
        @Parameters(
                paramLabel = "URI",
                description = "Directory of the artifact, readable on every TaskManager.")
        private String uri = "";

        @Option(
                names = "--as",
                paramLabel = "VERSION",
                description = "Its name in the rollout; default: the artifact's own version.")
        private String version;

        @Option(
                names = "--sha256",
                description = "Its checksum; needed where the directory is not on this machine.")
        private String sha256;

        @Option(names = "--percent", defaultValue = "0", description = "Default ${DEFAULT-VALUE}.")
        private double percent;

        @Option(names = "--shadow", description = "It is to answer nobody; jobs do not load it.")
        private boolean shadow;

        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.PUBLISH;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) throws IOException {
            Path local = uri.contains("://") ? null : Path.of(uri).toAbsolutePath().normalize();
            if (local != null && Files.isDirectory(local)) {
                var model = ModelReader.read(local);
                version = version == null ? model.config().version() : version;
                sha256 = sha256 == null ? model.checksum() : sha256;
            }
            if (version == null || sha256 == null) {
                throw usage(
                        "%s is no directory of this machine: name --as and --sha256 (./dien model inspect prints it)"
                                .formatted(uri));
            }
            command.setVersion(version);
            command.setUri(local == null ? uri : local.toUri().toString());
            command.setSha256(sha256);
            command.setPercent(percent);
            command.setStage(shadow ? ModelStage.SHADOW : ModelStage.CANDIDATE);
        }

        @Override
        String awaited(ModelCommand command, RolloutPlan plan) {
            return shadow ? null : command.getVersion();
        }
    }

    /** {@code dien model ramp}. */
    @Command(
            name = "ramp",
            mixinStandardHelpOptions = true,
            description = "Gives a candidate another share of users; a larger one only adds some.")
    static final class Ramp extends RolloutCommand {
        @Parameters(paramLabel = "VERSION", description = "The candidate.")
        private String version = "";

        @Option(names = "--percent", required = true, description = "0 to 100, steps of 0.01.")
        private double percent;

        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.RAMP;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) {
            command.setVersion(version);
            command.setPercent(percent);
        }
    }

    /** {@code dien model promote}. */
    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a candidate live: it answers everybody whom no other candidate answers.",
                "Refused while a task has not loaded it. One that was promoted by force is confirmed",
                "so, and only then becomes the version to go back to."
            })
    static final class Promote extends RolloutCommand {
        @Parameters(paramLabel = "VERSION", description = "The candidate.")
        private String version = "";

        @Option(
                names = "--force",
                description = {
                    "Though not every task is ready: each goes on with the live version until it",
                    "is."
                })
        private boolean force;

        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.PROMOTE;
        }

        @Override
        boolean readsStates() {
            return !force;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) throws IOException {
            command.setVersion(version);
            PlannedVersion planned = plan.version(version);
            boolean isNext =
                    planned != null
                            && (plan.candidate(version) != null
                                    || (plan.forced() && planned.equals(plan.live())));
            if (!isNext) {
                return; // refused by the plan
            }
            TaskStates states = states(client);
            long ready = states == null ? 0 : states.ready(version, planned.publishedIn());
            boolean isReady = ready > 0 && ready >= states.tasks();
            command.setForced(force && !isReady);
            if (!force && !isReady) {
                throw new IOException(
                        "version %s is ready in %d of %d tasks: ./dien model status says why; --force promotes it all the same"
                                .formatted(version, ready, states.tasks()));
            }
        }

        /** Null where they cannot be read and need not: whoever forces may not see them. */
        private TaskStates states(RolloutClient client) {
            try {
                return client.states();
            } catch (KafkaException e) {
                if (force) {
                    return null;
                }
                throw e;
            }
        }
    }

    /** {@code dien model rollback}. */
    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = {
                "Everybody is answered by the version that was live before; candidates go.",
                "With a candidate's name only that one goes."
            })
    static final class Rollback extends RolloutCommand {
        @Parameters(arity = "0..1", paramLabel = "CANDIDATE", description = "To take back.")
        private String version = "";

        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.ROLLBACK;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) {
            command.setVersion(version == null ? "" : version);
        }

        @Override
        String awaited(ModelCommand command, RolloutPlan plan) {
            return plan.live().name();
        }
    }

    /** {@code dien model retire}. */
    @Command(
            name = "retire",
            mixinStandardHelpOptions = true,
            description = "Drops a candidate, a shadow or the previous version from the plan.")
    static final class Retire extends RolloutCommand {
        @Parameters(paramLabel = "VERSION", description = "Which.")
        private String version = "";

        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.RETIRE;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) {
            command.setVersion(version);
        }

        @Override
        String awaited(ModelCommand command, RolloutPlan plan) {
            return null;
        }
    }

    /** {@code dien model pause}. */
    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = {
                "The live version answers everybody for now, and only rollback, retire and resume",
                "are accepted."
            })
    static final class Pause extends RolloutCommand {
        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.PAUSE;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) {}

        @Override
        String awaited(ModelCommand command, RolloutPlan plan) {
            return plan.live().name();
        }
    }

    /** {@code dien model resume}. */
    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Gives candidates the users back that they had before the pause.")
    static final class Resume extends RolloutCommand {
        @Override
        ModelCommandKind kind() {
            return ModelCommandKind.RESUME;
        }

        @Override
        void fill(ModelCommand command, RolloutPlan plan, RolloutClient client) {}

        @Override
        String awaited(ModelCommand command, RolloutPlan plan) {
            return plan.live().name();
        }
    }
}
