package io.dienstream.job.record;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What our serializers have in common: records are immutable or owned by one operator at a time,
 * and evolve by a layout byte or schema fingerprint inside each value; Flink's snapshots tell the
 * newest layout there is.
 *
 * @param <T> the record
 */
public abstract class RecordSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return create().get();
    }

    /** Makes a serializer of this very class. */
    protected abstract Supplier<TypeSerializer<T>> create();

    /** An empty snapshot class of its own for this serializer. */
    @Override
    public abstract TypeSerializerSnapshot<T> snapshotConfiguration();

    @Override
    public T createInstance() {
        return null;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    @SuppressWarnings("EqualsGetClass") // equal means: the very same serializer class
    public boolean equals(Object other) {
        return other != null && other.getClass() == getClass();
    }

    @Override
    public int hashCode() {
        return getClass().hashCode();
    }

    /**
     * What Flink keeps beside state: which layout it was written in. A release that does not know
     * that layout is refused when it restores, before its first record; what it cannot read would
     * otherwise be found one user at a time, while offsets go on.
     *
     * @param <T> the record
     */
    public abstract static class Snapshot<T> implements TypeSerializerSnapshot<T> {
        /** What every release wrote before layouts were told. */
        private static final int UNTOLD = 3;

        private final Supplier<? extends TypeSerializer<T>> serializer;
        private final int layout;

        /**
         * @param layout newest that {@code serializer} reads, which is the one that it writes
         */
        protected Snapshot(Supplier<? extends TypeSerializer<T>> serializer, int layout) {
            this.serializer = serializer;
            this.layout = layout;
        }

        @Override
        public int getCurrentVersion() {
            return UNTOLD + layout;
        }

        @Override
        public void writeSnapshot(DataOutputView out) {}

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader classes)
                throws IOException {
            if (version < UNTOLD || version > getCurrentVersion()) {
                throw new IOException(
                        ("state was written in layout %d of %s, this release reads up to %d: it was"
                                        + " written by a newer release; go on with that, or start"
                                        + " from a savepoint of before it")
                                .formatted(version - UNTOLD, getClass().getSimpleName(), layout));
            }
        }

        @Override
        public TypeSerializer<T> restoreSerializer() {
            return serializer.get();
        }

        @Override
        public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
                TypeSerializerSnapshot<T> old) {
            return old.getClass() == getClass()
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
