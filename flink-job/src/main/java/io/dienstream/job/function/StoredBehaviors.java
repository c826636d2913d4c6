package io.dienstream.job.function;

import io.dienstream.dien.history.FieldValues;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.schema.ServedBehavior;
import java.io.IOException;
import java.util.AbstractList;
import java.util.Arrays;
import org.apache.avro.io.Encoder;
import org.apache.avro.util.Utf8;

/**
 * The behaviors of a history as they are written to <em>served</em>: from the bytes they are kept
 * in, without a string or a map for any of them. One object stands for each behavior in its turn,
 * and can only be written.
 */
final class StoredBehaviors extends AbstractList<ServedBehavior> {
    private final OneOf one = new OneOf();
    private InterestHistory history;
    private int prefix;
    private String[] fields = {};
    private Utf8[] names = {};
    private int[] spans = {};

    /** The first {@code prefix} behaviors of {@code history}, until the next call. */
    StoredBehaviors of(InterestHistory history, int prefix) {
        this.history = history;
        this.prefix = prefix;
        if (!Arrays.equals(fields, history.fieldNames())) {
            fields = history.fieldNames();
            names = Arrays.stream(fields).map(Utf8::new).toArray(Utf8[]::new);
            spans = new int[2 * fields.length];
        }
        return this;
    }

    @Override
    public ServedBehavior get(int t) {
        one.position = t;
        return one;
    }

    @Override
    public int size() {
        return prefix;
    }

    private final class OneOf extends ServedBehavior {
        private static final long serialVersionUID = 1;

        private int position;

        /** Avro's binary strings are bytes with their length, as {@link FieldValues} has them. */
        @Override
        public void customEncode(Encoder out) throws IOException {
            byte[] values = history.values(position);
            int present = FieldValues.locate(values, 0, spans);
            out.writeLong(history.timestamp(position));
            out.writeMapStart();
            out.setItemCount(present);
            for (int f = 0; f < names.length; f++) {
                if (spans[2 * f + 1] >= 0) {
                    out.startItem();
                    out.writeString(names[f]);
                    out.writeBytes(values, spans[2 * f], spans[2 * f + 1]);
                }
            }
            out.writeMapEnd();
        }
    }
}
