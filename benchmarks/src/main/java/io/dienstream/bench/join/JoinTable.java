package io.dienstream.bench.join;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/** What {@code dien bench join} found, a row for each size of what was served. */
public record JoinTable(String java, int cores, List<Row> rows) {
    private static final double MINUTE_MS = 60_000;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * One run.
     *
     * @param waitMs W
     * @param snapshotBytes of a request as it is kept until its labels are final
     * @param fillPerSecond impressions a second while none had a final label
     * @param perSecond impressions a second while as many labels became final
     * @param cpuMicros of this process for each impression meanwhile
     * @param speed seconds of event time that went by in a second
     * @param requests in state after the filling, all with their snapshots
     * @param open impressions then
     * @param stateBytes of a checkpoint then
     * @param stateBytesAtEnd of one at the end: about as many impressions are open, and requests
     *     between W and W2 are kept beside them
     * @param balance at the end
     */
    public record Row(
            JoinPlan plan,
            long waitMs,
            double snapshotBytes,
            double fillPerSecond,
            double perSecond,
            double cpuMicros,
            double speed,
            long requests,
            long open,
            long stateBytes,
            long stateBytesAtEnd,
            JoinBalance balance) {

        /** Of an open impression, its part of the request as it was served included. */
        @JsonProperty("bytesAnOpenImpression")
        public double bytesAnOpenImpression() {
            return (double) stateBytes / open;
        }

        /** Of an open impression, without the requests as they were served. */
        @JsonProperty("bytesBesideSnapshot")
        public double bytesBesideSnapshot() {
            return (stateBytes - requests * snapshotBytes) / open;
        }
    }

    /** Whether counts balance in every run. */
    @JsonProperty("right")
    public boolean isRight() {
        return rows.stream().allMatch(row -> row.balance().isRight());
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** As a table to put into a document. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        JoinPlan plan = rows.get(0).plan();
        text.append(
                format(
                        "Java %s, %d cores; the learning job at parallelism %d, its feed in the same"
                                + " process, no Kafka; W = %.1f min, %,.0f impressions a second of"
                                + " event time, %d of %d candidates shown, %.3g clicks an"
                                + " impression%n%n",
                        java,
                        cores,
                        plan.parallelism(),
                        rows.get(0).waitMs() / MINUTE_MS,
                        plan.rate(),
                        plan.shown(),
                        plan.candidates(),
                        plan.clickRate()));
        text.append(
                "| behaviors | bytes served | impressions/s, filling | labels final too | CPU us an"
                        + " impression | event s a s | open | state MiB | bytes an open impression |"
                        + " without what was served | MiB at the end |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Row r : rows) {
            text.append(
                    format(
                            "| %d | %,.0f | %,.0f | %,.0f | %.1f | %.0f | %,d | %,.0f | %,.0f | %,.0f"
                                    + " | %,.0f |%n",
                            r.plan().behaviors(),
                            r.snapshotBytes(),
                            r.fillPerSecond(),
                            r.perSecond(),
                            r.cpuMicros(),
                            r.speed(),
                            r.open(),
                            r.stateBytes() / MEBIBYTE,
                            r.bytesAnOpenImpression(),
                            r.bytesBesideSnapshot(),
                            r.stateBytesAtEnd() / MEBIBYTE));
        }
        text.append('\n');
        rows.forEach(r -> text.append(line(r)));
        return text.toString();
    }

    private static String line(Row row) {
        JoinBalance b = row.balance();
        return format(
                "%d behaviors: of %,d impressions told %,d are in examples, %,d wait, %,d were"
                        + " refused; %,d labels were due; %,d of %,d clicks corrected one: %s%n",
                row.plan().behaviors(),
                b.told(),
                b.written(),
                b.waiting(),
                b.refused(),
                b.due(),
                b.corrections(),
                b.clicks(),
                b.isRight() ? "counts balance" : "COUNTS DO NOT BALANCE: " + b);
    }
}
