package io.dienstream.dien.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import io.dienstream.dien.file.NamedOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of the public safetensors container, restricted to float32: eight bytes of little-endian
 * header length, a JSON header, then the data.
 */
public final class SafeTensors {
    private static final long LONGEST_HEADER = 16 << 20;

    /** Of a tensor: more than any file has, and their bytes are a {@code long}. */
    private static final long MOST_ELEMENTS = Long.MAX_VALUE / Float.BYTES;

    /** Numbers that are written at a time. */
    private static final int BLOCK = 1 << 18;

    private static final String METADATA = "__metadata__";

    private final FileBytes bytes;
    private final long dataStart;
    private final Map<String, Tensor> tensors;

    /**
     * @param begin first byte, counted from the start of the data
     * @param end one past the last byte
     */
    record Tensor(String name, int[] shape, long begin, long end) {
        long elements() {
            return (end - begin) / Float.BYTES;
        }
    }

    private SafeTensors(FileBytes bytes, long dataStart, Map<String, Tensor> tensors) {
        this.bytes = bytes;
        this.dataStart = dataStart;
        this.tensors = tensors;
    }

    /** Tensors by name. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * All tensors of a file, copied to the heap, by name in file order.
     *
     * @throws ArtifactException where it is not what {@link #write} writes
     */
    public static Map<String, float[]> read(Path file) throws IOException {
        try (FileBytes bytes = FileBytes.inPlace(file)) {
            SafeTensors container = parse(file, bytes, LONGEST_HEADER);
            Map<String, float[]> all = new LinkedHashMap<>();
            for (Tensor t : container.tensors().values()) {
                all.put(t.name(), container.copy(t));
            }
            return all;
        } catch (NoSuchFileException e) {
            throw new ArtifactException(file, "is missing", e);
        }
    }

    /**
     * @param file that {@code bytes} are of, for messages
     * @param mostHeaderBytes that its header may have
     */
    static SafeTensors parse(Path file, FileBytes bytes, long mostHeaderBytes) throws IOException {
        long size = bytes.size();
        if (size < Long.BYTES) {
            throw new ArtifactException(file, "truncated: " + size + " bytes hold no header");
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES);
        bytes.copy(0, length);
        long headerBytes = length.getLong();
        if (headerBytes < 2 || headerBytes > mostHeaderBytes) {
            throw new ArtifactException(
                    file,
                    "header length %d is not credible, at most %d are"
                            .formatted(headerBytes, mostHeaderBytes));
        }
        long dataStart = Long.BYTES + headerBytes;
        if (dataStart > size) {
            throw new ArtifactException(file, "truncated inside the header");
        }
        byte[] header = new byte[(int) headerBytes];
        bytes.copy(Long.BYTES, ByteBuffer.wrap(header));
        Map<String, Tensor> tensors = tensors(file, header);
        checkLayout(file, tensors, size - dataStart);
        return new SafeTensors(bytes, dataStart, tensors);
    }

    private static Map<String, Tensor> tensors(Path file, byte[] header) throws IOException {
        JsonNode root = Json.tree(file, "the header ", header);
        if (!root.isObject()) {
            throw new ArtifactException(file, "the header is not a JSON object");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            if (!entry.getKey().equals(METADATA)) {
                tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue()));
            }
        }
        return tensors;
    }

    private static Tensor tensor(Path file, String name, JsonNode node) throws IOException {
        String type = node.path("dtype").asText("");
        if (!type.equals("F32")) {
            throw new ArtifactException(
                    file, "tensor " + name + ": type '" + type + "', expected F32");
        }
        JsonNode dims = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dims.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw new ArtifactException(file, "tensor " + name + ": no shape or data_offsets");
        }
        int[] shape = new int[dims.size()];
        long elements = 1;
        for (int d = 0; d < shape.length; d++) {
            JsonNode dim = dims.get(d);
            if (!dim.isIntegralNumber() || !dim.canConvertToInt() || dim.asInt() < 0) {
                throw new ArtifactException(file, "tensor " + name + ": bad shape " + dims);
            }
            shape[d] = dims.get(d).asInt();
            boolean fits = shape[d] == 0 || elements <= MOST_ELEMENTS / shape[d];
            elements = fits ? elements * shape[d] : MOST_ELEMENTS;
        }
        long begin = offset(offsets.get(0));
        long end = offset(offsets.get(1));
        if (begin < 0 || end < begin || end - begin != elements * Float.BYTES) {
            throw new ArtifactException(
                    file,
                    "tensor %s: data_offsets %s do not fit shape %s"
                            .formatted(name, offsets, dims));
        }
        return new Tensor(name, shape, begin, end);
    }

    /** -1 for what is none. */
    private static long offset(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.asLong() : -1;
    }

    private static void checkLayout(Path file, Map<String, Tensor> tensors, long dataBytes)
            throws IOException {
        List<Tensor> inOrder = new ArrayList<>(tensors.values());
        inOrder.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        long at = 0;
        for (Tensor t : inOrder) {
            if (t.begin() != at) {
                throw new ArtifactException(
                        file, "tensor %s: starts at %d, not %d".formatted(t.name(), t.begin(), at));
            }
            at = t.end();
            if (at > dataBytes) {
                throw new ArtifactException(
                        file,
                        "tensor %s: truncated, ends at byte %d of %d"
                                .formatted(t.name(), at, dataBytes));
            }
        }
        if (at != dataBytes) {
            throw new ArtifactException(
                    file, (dataBytes - at) + " bytes after the last tensor belong to none");
        }
    }

    /** A piece of a tensor, [from, from + n) in elements, where it lies. */
    FloatBuffer piece(Tensor t, long from, int n) throws IOException {
        long position = dataStart + t.begin() + from * Float.BYTES;
        return bytes.slice(position, Math.multiplyExact(n, Float.BYTES)).asFloatBuffer();
    }

    /** Copies a whole tensor to the heap. */
    float[] copy(Tensor t) throws IOException {
        float[] data = new float[Math.toIntExact(t.elements())];
        bytes.copy(dataStart + t.begin(), data);
        return data;
    }

    /**
     * Writes a container.
     *
     * @param shapes by name
     * @param data by name, row-major
     */
    public static void write(Path file, Map<String, int[]> shapes, Map<String, float[]> data)
            throws IOException {
        Map<String, TensorSource> sources = new LinkedHashMap<>();
        data.forEach((name, values) -> sources.put(name, TensorSource.of(values)));
        writeFrom(file, shapes, sources);
    }

    /** Likewise, from what is read a piece at a time, one tensor after the other by the shapes. */
    static void writeFrom(Path file, Map<String, int[]> shapes, Map<String, TensorSource> data)
            throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, int[]> shape : shapes.entrySet()) {
            long end = at + SizeLimits.numbers(shape.getValue()) * Float.BYTES;
            // in a fixed order: the same tensors make the same file, hence the same checksum
            Map<String, Object> tensor = new LinkedHashMap<>();
            tensor.put("dtype", "F32");
            tensor.put("shape", shape.getValue());
            tensor.put("data_offsets", new long[] {at, end});
            header.put(shape.getKey(), tensor);
            at = end;
        }
        byte[] json = Json.MAPPER.writeValueAsBytes(header);
        int padded = (json.length + 7) / 8 * 8;
        try (OutputStream out = NamedOutput.open(file)) {
            ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded);
            head.order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
            while (head.hasRemaining()) {
                head.put((byte) ' ');
            }
            out.write(head.array());
            for (Map.Entry<String, int[]> shape : shapes.entrySet()) {
                write(data.get(shape.getKey()), SizeLimits.numbers(shape.getValue()), out);
            }
        }
    }

    private static void write(TensorSource values, long count, OutputStream out)
            throws IOException {
        float[] numbers = new float[(int) Math.min(BLOCK, count)];
        ByteBuffer block =
                ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < count; at += numbers.length) {
            int n = (int) Math.min(numbers.length, count - at);
            values.read(at, numbers, n);
            block.clear().asFloatBuffer().put(numbers, 0, n);
            out.write(block.array(), 0, n * Float.BYTES);
        }
    }
}
