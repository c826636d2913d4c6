package io.dienstream.sandbox.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import io.dienstream.sandbox.BrokerCommand;
import io.dienstream.sandbox.DemoCommand;
import io.dienstream.sandbox.firsttry.TryCommand;
import io.dienstream.sandbox.soak.SoakCommand;
import java.util.List;
import java.util.Map;

/** Commands that start Kafka and Flink in this process. */
public final class SandboxCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(
                Purpose.TRY,
                List.of(DemoCommand.class, TryCommand.class, BrokerCommand.class),
                Purpose.MEASURE,
                List.of(SoakCommand.class));
    }
}
