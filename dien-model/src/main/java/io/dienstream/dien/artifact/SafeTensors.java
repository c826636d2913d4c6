package io.dienstream.dien.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of the public safetensors container, restricted to float32: eight bytes of little-endian
 * header length, a JSON header, then the data. The file is memory-mapped; it must not change while
 * it is in use, so an artifact is a directory that is written once.
 */
public final class SafeTensors {
    private static final long MAX_HEADER_BYTES = 16 << 20;
    private static final String METADATA = "__metadata__";

    private final Path file;
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

    private SafeTensors(Path file, long dataStart, Map<String, Tensor> tensors) {
        this.file = file;
        this.dataStart = dataStart;
        this.tensors = tensors;
    }

    /** Tensors by name. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    public static SafeTensors open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return open(file, channel);
        } catch (NoSuchFileException e) {
            throw new ArtifactException(file, "the weights are missing", e);
        }
    }

    private static SafeTensors open(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new ArtifactException(file, "truncated: " + size + " bytes hold no header");
        }
        long headerBytes = read(channel, 0, Long.BYTES).getLong();
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
            throw new ArtifactException(file, "header length " + headerBytes + " is not credible");
        }
        long dataStart = Long.BYTES + headerBytes;
        if (dataStart > size) {
            throw new ArtifactException(file, "truncated inside the header");
        }
        byte[] header = read(channel, Long.BYTES, (int) headerBytes).array();
        Map<String, Tensor> tensors = parse(file, header);
        checkLayout(file, tensors, size - dataStart);
        return new SafeTensors(file, dataStart, tensors);
    }

    private static ByteBuffer read(FileChannel channel, long position, int n) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("unexpected end of file");
            }
        }
        return buffer.flip();
    }

    private static Map<String, Tensor> parse(Path file, byte[] header) throws IOException {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(header);
        } catch (JsonProcessingException e) {
            throw new ArtifactException(
                    file, "the header is not JSON: " + e.getOriginalMessage(), e);
        }
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
            elements = Math.min(elements * shape[d], Integer.MAX_VALUE * 1024L); // no overflow
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

    /** Maps a piece of a tensor, [from, from + n) in elements. */
    FloatBuffer map(Tensor t, long from, int n) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long position = dataStart + t.begin() + from * Float.BYTES;
            long bytes = (long) n * Float.BYTES;
            return channel.map(FileChannel.MapMode.READ_ONLY, position, bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        }
    }

    /** Copies all tensors to the heap, by name in file order. */
    public Map<String, float[]> copyAll() throws IOException {
        Map<String, float[]> all = new LinkedHashMap<>();
        for (Tensor t : tensors.values()) {
            all.put(t.name(), copy(t));
        }
        return all;
    }

    /** Copies a whole tensor to the heap. */
    float[] copy(Tensor t) throws IOException {
        float[] data = new float[Math.toIntExact(t.elements())];
        map(t, 0, data.length).get(data);
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
        Map<String, Object> header = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, int[]> shape : shapes.entrySet()) {
            long end = at + (long) data.get(shape.getKey()).length * Float.BYTES;
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
        try (var out = Files.newOutputStream(file)) {
            ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded);
            head.order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
            while (head.hasRemaining()) {
                head.put((byte) ' ');
            }
            out.write(head.array());
            for (String name : shapes.keySet()) {
                float[] values = data.get(name);
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
                bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
                out.write(bytes.array());
            }
        }
    }
}
