package io.dienstream.operate.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import io.dienstream.dien.artifact.ArtifactException;
import io.dienstream.job.option.OptionException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;

/** What an operator's image offers. */
public final class OperateCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(
                Purpose.TRY,
                List.of(SimulateCommand.class, SendCommand.class, WatchCommand.class),
                Purpose.RUN,
                List.of(
                        JobCommand.class,
                        LearningJobCommand.class,
                        TopicsCommand.class,
                        HeartbeatCommand.class,
                        ReplayCommand.class,
                        BootstrapCommand.class),
                Purpose.TRAIN,
                List.of(ScoreCommand.class, ExplainCommand.class),
                Purpose.OPERATE,
                List.of(
                        ModelCommand.class,
                        QualityCommand.class,
                        DlqCommand.class,
                        SavepointCommand.class));
    }

    @Override
    public Set<Class<? extends Exception>> mistakes() {
        return Set.of(ArtifactException.class);
    }

    @Override
    public Set<Class<? extends Exception>> wrongUsage() {
        return Set.of(OptionException.class, ConfigException.class);
    }
}
