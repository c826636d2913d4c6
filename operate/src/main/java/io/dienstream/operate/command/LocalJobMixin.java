package io.dienstream.operate.command;

import io.dienstream.job.listen.Listeners;
import picocli.CommandLine.Option;

/** What the commands take that run a job in this process, beside the job's own options. */
final class LocalJobMixin {
    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description = {
                "Address of Flink's web UI. Default: the loopback address, which only this machine",
                "reaches. Whoever reaches it may read what the job does; nobody can change it there."
            })
    private String listen = Listeners.LOOPBACK;

    /** As the option says. */
    String listen() {
        return listen;
    }
}
