package io.dienstream.evaluation.online;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** {@link QualitySums} as bytes: version 1, the totals in order, the currency, the sketch. */
public final class QualityBytes {
    private static final int VERSION = 1;

    private QualityBytes() {}

    /** Writes {@code sums}. */
    public static void write(QualitySums sums, DataOutput out) throws IOException {
        Totals t = sums.totals();
        out.writeByte(VERSION);
        out.writeDouble(t.predicted());
        out.writeDouble(t.logLoss());
        out.writeLong(t.examples());
        out.writeDouble(t.squaredWeights());
        out.writeDouble(t.gaucSum());
        out.writeDouble(t.gaucWeight());
        out.writeLong(t.users());
        out.writeLong(t.oneClassUsers());
        out.writeDouble(t.revenueMicros());
        out.writeDouble(t.expectedMicros());
        out.writeBoolean(t.currency() != null);
        if (t.currency() != null) {
            out.writeUTF(t.currency());
        }
        SketchBytes.write(sums.sketch(), out);
    }

    /**
     * The inverse of {@link #write}.
     *
     * @throws IOException where the bytes are none of sums, or of a version that is not known
     */
    public static QualitySums read(DataInput in) throws IOException {
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException(
                    "sums of version %d, this release reads %d".formatted(version, VERSION));
        }
        Totals totals = // arguments are evaluated from left to right
                new Totals(
                        in.readDouble(),
                        in.readDouble(),
                        in.readLong(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readLong(),
                        in.readLong(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readBoolean() ? in.readUTF() : null);
        return new QualitySums(SketchBytes.read(in), totals);
    }
}
