package io.dienstream.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Small commands of the operating system. */
final class Shell {
    private Shell() {}

    /**
     * @throws IOException with the command's own words where it fails
     */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }
}
