package io.dienstream.dien.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Damages to the files of an artifact: at random places, with values that readers trip over. */
final class Mutations {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As JSON text, since some are none that a tree could hold. */
    private static final List<String> TEXTS =
            List.of(
                    "\"\"",
                    "\"\\u0000\"",
                    "\"a\\u0000b\"",
                    "\"a\\nb\"",
                    "\"../../etc/passwd\"",
                    "\"/etc/passwd\"",
                    "\"model.json\"",
                    "\"weights.safetensors\"",
                    "\"vocabulary\"",
                    "\"\\ud800\"",
                    "\"" + "long".repeat(2000) + "\"",
                    "\"din\"",
                    "\"wide_deep\"",
                    "\"hash\"",
                    "\"F16\"");

    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "0",
                    "1",
                    "-1",
                    "1.5",
                    "2147483647",
                    "-2147483648",
                    "2147483648",
                    "65536",
                    "9223372036854775807",
                    "18446744073709551616",
                    "1e400",
                    "1e-400",
                    "-0.0",
                    "[]",
                    "{}",
                    "[0,4]",
                    "[1.5]",
                    "{\"a\":0,\"b\":4}",
                    "[2147483647,2147483647,2147483647]",
                    "[".repeat(2000) + "]".repeat(2000));

    private Mutations() {}

    /** Another content of the file {@code name}, most often a damaged one. */
    static byte[] of(String name, byte[] good, Random random) {
        if (name.endsWith(".json")) {
            return random.nextInt(4) == 0 ? bytes(good, random) : json(good, random);
        }
        if (name.endsWith(".safetensors")) {
            return safetensors(good, random);
        }
        return bytes(good, random);
    }

    private static byte[] safetensors(byte[] good, Random random) {
        int header = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] json = Arrays.copyOfRange(good, Long.BYTES, Long.BYTES + header);
        byte[] data = Arrays.copyOfRange(good, Long.BYTES + header, good.length);
        return switch (random.nextInt(6)) {
            case 0 -> bytes(good, random);
            case 1 -> container(random.nextLong(), json, data);
            case 2 -> container(header + random.nextInt(65) - 32, json, data);
            case 3 -> container(header, json, bytes(data, random));
            default -> {
                byte[] damaged = json(json, random);
                yield container(damaged.length, damaged, data);
            }
        };
    }

    private static byte[] container(long length, byte[] json, byte[] data) {
        return ByteBuffer.allocate(Long.BYTES + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(json)
                .put(data)
                .array();
    }

    /** One to three places of the tree get another value, another name, or go. */
    private static byte[] json(byte[] good, Random random) {
        try {
            JsonNode root = JSON.readTree(good);
            List<String> values = new ArrayList<>();
            for (int n = random.nextInt(3); n >= 0; n--) {
                change(root, values, random);
            }
            String text = JSON.writeValueAsString(root);
            for (int n = 0; n < values.size(); n++) {
                text = text.replace("\"" + placeholder(n) + "\"", values.get(n));
            }
            return text.getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("the good file is JSON", e);
        }
    }

    /** What stands in the tree for the text that takes its place. */
    private static String placeholder(int n) {
        return "placeholder-" + n + "-";
    }

    private static void change(JsonNode root, List<String> values, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(root, containers);
        if (containers.isEmpty()) {
            return;
        }
        JsonNode parent = containers.get(random.nextInt(containers.size()));
        int place = random.nextInt(parent.size());
        String name = null;
        if (parent instanceof ObjectNode) {
            Iterator<String> names = parent.fieldNames();
            for (int n = 0; n <= place; n++) {
                name = names.next();
            }
        }
        int what = random.nextInt(5);
        if (what == 0) {
            remove(parent, place, name);
        } else if (what == 1) {
            JsonNode value = remove(parent, place, name);
            if (parent instanceof ArrayNode array) {
                array.add(value).add(value.deepCopy());
            } else {
                ((ObjectNode) parent).set(name + random.nextInt(10), value);
            }
        } else {
            JsonNode before = name == null ? parent.get(place) : parent.get(name);
            boolean likely = before.isTextual() && random.nextInt(4) > 0;
            List<String> from = likely ? TEXTS : VALUES;
            if (parent instanceof ArrayNode array) {
                array.set(place, placeholder(values.size()));
            } else {
                ((ObjectNode) parent).put(name, placeholder(values.size()));
            }
            values.add(from.get(random.nextInt(from.size())));
        }
    }

    private static JsonNode remove(JsonNode parent, int place, String name) {
        return parent instanceof ArrayNode array
                ? array.remove(place)
                : ((ObjectNode) parent).remove(name);
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    /** Without regard to what they mean. */
    private static byte[] bytes(byte[] good, Random random) {
        if (good.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        byte[] bytes = good.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> {
                return Arrays.copyOf(bytes, bytes.length + random.nextInt(5000));
            }
            case 4 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(40));
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(bytes, 0, end);
                out.write(bytes, at, bytes.length - at); // a piece that stands twice
                return out.toByteArray();
            }
            default ->
                    Arrays.fill(
                            bytes,
                            at,
                            Math.min(bytes.length, at + 1 + random.nextInt(16)),
                            (byte) random.nextInt());
        }
        return bytes;
    }
}
