package io.dienstream.operate.bootstrap;

import io.dienstream.cli.terminal.TerminalOutput;
import io.dienstream.job.record.InboundRecord;
import io.dienstream.job.savepoint.BootstrapProgress;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Lets valid records through; counts the others and shows the first of them. */
final class AdmitRows extends ProcessFunction<InboundRecord, InboundRecord> {
    static final String REFUSED = "refused";
    static final String ADMITTED = "admitted";

    /** Event time of the newest valid one, ms. */
    static final String NEWEST = "newest";

    private static final long serialVersionUID = 1;
    private static final int SHOWN = 20;

    private final long bootstrap;
    private final LongCounter refused = new LongCounter();
    private final LongCounter admitted = new LongCounter();
    private final LongMaximum newest = new LongMaximum();

    private transient BootstrapProgress progress;

    AdmitRows(BootstrapProgress progress) {
        bootstrap = progress.number();
    }

    @Override
    public void open(OpenContext context) {
        progress = BootstrapProgress.of(bootstrap);
        getRuntimeContext().addAccumulator(REFUSED, refused);
        getRuntimeContext().addAccumulator(ADMITTED, admitted);
        getRuntimeContext().addAccumulator(NEWEST, newest);
    }

    @Override
    public void processElement(
            InboundRecord record, Context context, Collector<InboundRecord> out) {
        if (record.rejection() == null) {
            progress.admit();
            if (record.kind() == InboundRecord.Kind.BEHAVIOR) {
                admitted.add(1);
                newest.add(record.eventTime());
            }
            out.collect(record);
            return;
        }
        refused.add(1);
        if (refused.getLocalValue() <= SHOWN) {
            TerminalOutput.standardError()
                    .printf(
                            "%s:%d: refused: %s: %s%n",
                            record.origin().topic(),
                            record.origin().offset(),
                            record.rejection().reason().code(),
                            record.rejection().message());
        }
    }
}
