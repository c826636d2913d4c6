package io.dienstream.sandbox;

import io.dienstream.cli.UserDirectory;
import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien broker}: a Kafka to try the job with, where there is none yet. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = {
            "A real Kafka broker with the job's topics in this process, on the loopback address,",
            "until it is stopped. What it holds stays in its directory. For trying dien job, send,",
            "watch and replay; one broker without replicas is no place for what must not be lost."
        })
public final class BrokerCommand implements Callable<Integer> {
    private static final int LARGEST_PORT = 65_535;
    private static final String LOCK = "dien-broker.lock";

    @Spec private CommandSpec spec;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Of its data; default: one of your own, which is printed.")
    private Path directory;

    @Option(names = "--port", defaultValue = "9092", description = "Default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--partitions",
            defaultValue = "4",
            description = "Of each topic that is not there yet; default ${DEFAULT-VALUE}.")
    private int partitions;

    @Override
    public Integer call() throws Exception {
        if (port < 1 || port > LARGEST_PORT) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--port must be from 1 to " + LARGEST_PORT);
        }
        if (partitions < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--partitions must be above 0");
        }
        Path data = directory == null ? UserDirectory.open().directory("broker") : directory;
        OutputDirectory.make(data);
        try (FileChannel lock = lock(data.resolve(LOCK))) {
            run(data.resolve("kafka"));
            return lock.isOpen() ? 0 : 1;
        }
    }

    /** Two brokers in one directory would each overwrite what the other has acknowledged. */
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // held by this very process
        }
        if (lock == null) {
            channel.close();
            throw new IOException(
                    "another broker is using "
                            + file.getParent()
                            + ": give this one a --directory of its own");
        }
        return channel;
    }

    private void run(Path data) throws Exception {
        boolean known = Files.exists(data);
        Files.createDirectories(data);
        CountDownLatch stopped = new CountDownLatch(1);
        EmbeddedBroker broker = EmbeddedBroker.start(data, port);
        try (Shutdown shutdown =
                Shutdown.of(
                        "stopping Kafka",
                        () -> {
                            broker.close();
                            stopped.countDown();
                        })) {
            Properties client = new Properties();
            client.put("bootstrap.servers", broker.bootstrapServers());
            List<String> names = Topics.names();
            Topics.create(client, names, partitions, (short) 1, Map.of());
            announce(broker.bootstrapServers(), data, known, names);
            stopped.await();
        }
    }

    private void announce(String servers, Path data, boolean known, List<String> names) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("Kafka is at %s; Ctrl-C stops it%n", servers);
        out.printf("data    %s (%s)%n", data, known ? "of before, goes on" : "new");
        out.printf("topics  %s%n", String.join(", ", names));
        out.printf("%nIn other terminals:%n");
        out.printf("  ./dien job --kafka.bootstrap-servers=%s --model.path=MODEL%n", servers);
        out.printf("  ./dien watch --bootstrap-servers %s%n", servers);
        out.printf("  ./dien send --bootstrap-servers %s FILE%n", servers);
        out.flush();
    }
}
