package io.dienstream.chaos;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import java.util.List;
import java.util.Map;

/** Faults on purpose. */
public final class ChaosCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.MEASURE, List.of(ChaosCommand.class));
    }
}
