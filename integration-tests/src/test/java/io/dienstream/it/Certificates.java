package io.dienstream.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server's key and its certificate for localhost, signed by an authority of its own, all made by
 * the JDK's keytool.
 *
 * @param keyStore of the server
 * @param authority certificate that clients trust, PEM
 */
record Certificates(Path keyStore, Path authority, String password) {

    /**
     * @param start of the server's certificate as keytool's -startdate, such as {@code -10d}
     * @param days how long it is valid
     */
    static Certificates create(Path directory, String name, String start, int days)
            throws IOException, InterruptedException {
        Path keyStore = directory.resolve(name + ".p12");
        Path authority = directory.resolve(name + "-ca.pem");
        Path request = directory.resolve(name + ".csr");
        Path signed = directory.resolve(name + ".pem");
        Certificates made = new Certificates(keyStore, authority, "key-store-secret-" + name);
        made.keytool(
                "-genkeypair -alias ca -keyalg RSA -keysize 2048 -dname CN=ca -ext bc:c"
                        + " -startdate -30d -validity 365");
        made.keytool("-exportcert -rfc -alias ca -file " + authority);
        made.keytool("-genkeypair -alias broker -keyalg RSA -keysize 2048 -dname CN=localhost");
        made.keytool("-certreq -alias broker -file " + request);
        made.keytool(
                "-gencert -rfc -alias ca -ext SAN=dns:localhost,ip:127.0.0.1 -startdate %s"
                                .formatted(start)
                        + " -validity %d -infile %s -outfile %s".formatted(days, request, signed));
        made.keytool("-importcert -noprompt -alias broker -file " + signed);
        return made;
    }

    private void keytool(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", password));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + new String(output, StandardCharsets.UTF_8));
        }
    }
}
