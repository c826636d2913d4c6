package io.dienstream.console.command;

import io.dienstream.cli.terminal.Shutdown;
import io.dienstream.console.Console;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.job.listen.Listeners;
import io.dienstream.job.option.JobOptions;
import io.dienstream.operate.command.KafkaMixin;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien console}: the web page beside a running job. */
@Command(
        name = "console",
        mixinStandardHelpOptions = true,
        description = {
            "Serves a web page beside a running job, until it is stopped: rankings with their reasons,",
            "rates, answer times, dead letters, the rollout. Reads topics and Flink's REST interface.",
            "Open the printed address: it holds a token, without which nothing is told."
        })
public final class ConsoleCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65_535;

    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Option(
            names = "--flink",
            paramLabel = "URL",
            description = "Flink's REST interface, for instance http://127.0.0.1:8081.")
    private URI flink;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = {
                "Artifact that answers: it explains them, by attention and evolving interest. May be",
                "repeated."
            })
    private List<Path> models = List.of();

    @Option(
            names = "--rollout",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "The job's rollout.model; default ${DEFAULT-VALUE}.")
    private String rollout;

    @Option(
            names = "--port",
            defaultValue = "0",
            description = "Where it listens; default: a free one.")
    private int port;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = {
                "Where it listens; default ${DEFAULT-VALUE}. There is no TLS: put it behind a proxy",
                "that has."
            })
    private String listen;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A name by which browsers reach it, beside localhost; may be repeated.")
    private Set<String> hosts = Set.of();

    @Option(
            names = "--write",
            description = "Lets the page send behaviors, ad requests and dead letters.")
    private boolean write;

    @Option(
            names = "--titles",
            paramLabel = "FILE",
            description = {
                "What items are called: lines of item TAB title. Default: the simulator's titles for the",
                "simulator's items."
            })
    private Path titles;

    @Option(names = "--mask-users", description = "Keeps user ids out of the page.")
    private boolean maskUsers;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > LAST_PORT) {
            throw usage("--port must be 0 to " + LAST_PORT);
        }
        if (flink != null && (flink.getHost() == null || !"http".equals(scheme()))) {
            throw usage("--flink must be like http://127.0.0.1:8081");
        }
        try (Console console = Console.start(settings());
                Shutdown shutdown = Shutdown.of("closing the console", console)) {
            PrintWriter out = spec.commandLine().getOut();
            out.printf("console at %s%n", console.url());
            out.printf(
                    "%s; Ctrl-C ends it%n",
                    write ? "it may write to this Kafka's topics" : "it only reads (see --write)");
            out.flush();
            new CountDownLatch(1).await();
            shutdown.done();
        }
        return 0;
    }

    private String scheme() {
        return "https".equals(flink.getScheme()) ? "http" : flink.getScheme();
    }

    private Console.Settings settings() throws Exception {
        List<Model> read = new ArrayList<>();
        for (Path model : models) {
            read.add(ModelReader.read(model));
        }
        InetSocketAddress address = new InetSocketAddress(listen, port);
        if (address.isUnresolved()) {
            throw usage("--listen: '" + listen + "' is no address of this machine");
        }
        if (Listeners.reachesFurther(listen)) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "dien: the console listens on %s: whoever has its token sees users%n",
                            listen);
        }
        return new Console.Settings(
                kafka.client(
                        List.of(
                                JobOptions.BEHAVIORS.defaultText(),
                                JobOptions.SCORES.defaultText())),
                flink,
                read,
                rollout,
                address,
                hosts,
                write,
                maskUsers,
                ItemTitles.of(titles));
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
