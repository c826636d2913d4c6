package io.dienstream.datasets.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import io.dienstream.datasets.format.DatasetException;
import io.dienstream.dien.artifact.ArtifactException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands on data sets and on models beside them. */
public final class DatasetCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(
                Purpose.TRAIN,
                List.of(PrepareCommand.class, EvaluateCommand.class),
                Purpose.OPERATE,
                List.of(EraseCommand.class));
    }

    @Override
    public Set<Class<? extends Exception>> mistakes() {
        return Set.of(ArtifactException.class, DatasetException.class);
    }
}
