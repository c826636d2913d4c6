package io.dienstream.train.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import io.dienstream.train.fit.NotFiniteException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands that need PyTorch. */
public final class TrainCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.TRAIN, List.of(TrainCommand.class, AblationCommand.class));
    }

    @Override
    public Set<Class<? extends Exception>> mistakes() {
        return Set.of(NotFiniteException.class);
    }
}
