package io.dienstream.sandbox;

import io.dienstream.cli.Scratch;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The artifact that is shipped for the demo; docs/lab/2026-11-25-demo-model.md says how it came
 * about.
 */
public final class DemoModel {
    private static final String[] FILES = {
        "model.json", "weights.safetensors", "vocabulary/item.txt", "vocabulary/category.txt"
    };

    /** Of the logit: odds go down by a tenth. */
    private static final float RECALIBRATED = -0.1f;

    private static final float SCALE_STEPS = 50;

    private DemoModel() {}

    /** The same network as version 2, with another bias of the output, as a recalibration does. */
    public static Path recalibrated() throws IOException {
        Path directory = extract();
        Path config = directory.resolve("model.json");
        Files.writeString(
                config,
                Files.readString(config).replace("\"version\" : \"1\"", "\"version\" : \"2\""));
        Path weights = directory.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer tensors = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int bias = bytes.length - Float.BYTES; // mlp.output.bias is the last of the shipped tensors
        tensors.putFloat(bias, tensors.getFloat(bias) + RECALIBRATED);
        Files.write(weights, bytes);
        return directory;
    }

    /**
     * Writes the network with each of its numbers larger by {@code number} in 50, as a version of
     * its own: other interest states and other answers from the same fields.
     *
     * @param number 1 or more; two versions with the same number are the same artifact
     * @return {@code directory}
     */
    public static Path scaled(int number, Path directory) throws IOException {
        copy(directory);
        Path config = directory.resolve("model.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"version\" : \"1\"", "\"version\" : \"scaled-" + number + "\""));
        Path weights = directory.resolve("weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer tensors = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // a safetensors file is the length of its header, the header, and nothing but numbers
        for (int at = Long.BYTES + (int) tensors.getLong(0); at < bytes.length; at += Float.BYTES) {
            tensors.putFloat(at, tensors.getFloat(at) * (1 + number / SCALE_STEPS));
        }
        Files.write(weights, bytes);
        return directory;
    }

    /** Copies the artifact to a temporary directory that goes when the process ends. */
    public static Path extract() throws IOException {
        Path directory = Scratch.directory("demo-model");
        copy(directory);
        return directory;
    }

    private static void copy(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("vocabulary"));
        for (String file : FILES) {
            try (InputStream in = DemoModel.class.getResourceAsStream("/demo-model/" + file)) {
                if (in == null) {
                    throw new FileNotFoundException("this build ships no demo-model/" + file);
                }
                Files.copy(in, directory.resolve(file));
            }
        }
    }
}
