package io.dienstream.cli.terminal;

import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on a terminal; elsewhere nothing is drawn, the commands' plain lines remain. */
public final class Bars {
    private static final int UPDATE_MS = 200;

    private Bars() {}

    /** A bar from 0 to {@code total} on standard error. */
    public static ProgressBar start(String task, long total) {
        Consumer<String> nowhere = line -> {};
        return new ProgressBarBuilder()
                .setTaskName(Printable.of(task))
                .setInitialMax(total)
                .setUpdateIntervalMillis(UPDATE_MS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(
                        isTerminal()
                                ? new ConsoleProgressBarConsumer(System.err)
                                : new DelegatingProgressBarConsumer(nowhere))
                .showSpeed()
                .build();
    }

    /** Whether a person is watching: the launcher asks its terminal. */
    public static boolean isTerminal() {
        return Boolean.getBoolean("dien.terminal");
    }
}
