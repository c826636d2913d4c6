package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dienstream.dien.file.PropertiesFile;
import io.dienstream.sandbox.broker.BrokerFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The S3 of docker-compose.yml, started as its image starts it: a process of one jar, with the same
 * settings and keys, on a free port. What is put into it goes through S3's protocol.
 */
final class ObjectStore implements AutoCloseable {
    static final String BUCKET = "dien-stream";

    /** What the image of the job has in its plugins. */
    private static final Path PLUGIN = Path.of("target/object-store/flink-s3-fs-hadoop.jar");

    /** What the image of the object store is made of. */
    static final Path PROXY = Path.of("target/object-store/s3proxy-jar-with-dependencies.jar");

    private static final Path SETTINGS = Path.of("../compose/s3proxy.properties");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Path log;
    private final URI endpoint;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param directory for the objects and its log
     */
    ObjectStore(Path directory) throws Exception {
        Files.createDirectories(directory.resolve("data").resolve(BUCKET));
        endpoint = URI.create("http://127.0.0.1:" + BrokerFiles.freePort());
        Properties settings = PropertiesFile.read(SETTINGS);
        settings.setProperty("s3proxy.endpoint", endpoint.toString());
        settings.setProperty(
                "jclouds.filesystem.basedir",
                directory.resolve("data").toAbsolutePath().toString());
        Path own = directory.resolve("s3proxy.properties");
        try (var out = Files.newOutputStream(own)) {
            settings.store(out, null);
        }
        log = directory.resolve("s3proxy.log");
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-jar",
                                PROXY.toAbsolutePath().toString(),
                                "--properties",
                                own.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            CommandProcess.await("an answer of the object store", this::answers);
        } catch (Exception | AssertionError e) {
            close(); // nobody has this object to close it
            throw e;
        }
    }

    private boolean answers() throws Exception {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        try {
            return get("/" + BUCKET).statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet, or not to the end
        }
    }

    /** Of Flink: those of compose/flink.yaml, and where this one listens. */
    Map<String, String> settings() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        new YAMLMapper()
                .readTree(Path.of("../compose/flink.yaml").toFile())
                .properties()
                .forEach(
                        e -> {
                            if (e.getKey().startsWith("s3.")) {
                                settings.put(e.getKey(), e.getValue().asText());
                            }
                        });
        settings.put("s3.endpoint", endpoint.toString());
        return settings;
    }

    /**
     * The environment of whoever uses it, as in docker-compose.yml, with the plugin that the image
     * has.
     *
     * @param plugins a directory, which is made
     */
    static Map<String, String> environment(Path plugins) throws IOException {
        Path plugin = Files.createDirectories(plugins.resolve("s3-fs-hadoop"));
        Files.createSymbolicLink(plugin.resolve(PLUGIN.getFileName()), PLUGIN.toAbsolutePath());
        Map<String, String> environment = new TreeMap<>(credentials());
        environment.put("FLINK_PLUGINS_DIR", plugins.toString());
        return environment;
    }

    private static Map<String, String> credentials() throws IOException {
        Properties settings = PropertiesFile.read(SETTINGS);
        return Map.of(
                "AWS_ACCESS_KEY_ID", settings.getProperty("s3proxy.identity"),
                "AWS_SECRET_ACCESS_KEY", settings.getProperty("s3proxy.credential"));
    }

    /**
     * Puts all files of {@code directory} below {@code key}.
     *
     * @return the URI of what they are together
     */
    String upload(Path directory, String key) throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                put(file, key + "/" + directory.relativize(file));
            }
        }
        return "s3://" + BUCKET + "/" + key;
    }

    /** Puts one file. */
    void put(Path file, String key) throws Exception {
        HttpRequest.Builder request =
                request("PUT", "/" + BUCKET + "/" + key)
                        .PUT(HttpRequest.BodyPublishers.ofFile(file));
        HttpResponse<String> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** The names of what lies below {@code prefix}, as S3 lists them in XML. */
    String list(String prefix) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(endpoint.resolve("/" + BUCKET + "?prefix=" + prefix));
        signed(request, "GET", "/" + BUCKET);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request("GET", path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path)
            throws IOException, GeneralSecurityException {
        return signed(HttpRequest.newBuilder(endpoint.resolve(path)), method, path);
    }

    /** By version 2 of S3's signatures, which is the short one. */
    private static HttpRequest.Builder signed(
            HttpRequest.Builder request, String method, String path)
            throws IOException, GeneralSecurityException {
        Map<String, String> keys = credentials();
        String date = DATE.format(ZonedDateTime.now(ZoneOffset.UTC));
        String signed = "%s\n\n\n\nx-amz-date:%s\n%s".formatted(method, date, path);
        Mac mac = Mac.getInstance("HmacSHA1");
        byte[] secret = keys.get("AWS_SECRET_ACCESS_KEY").getBytes(StandardCharsets.UTF_8);
        mac.init(new SecretKeySpec(secret, "HmacSHA1"));
        String signature =
                Base64.getEncoder()
                        .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        return request.header("x-amz-date", date)
                .header(
                        "Authorization",
                        "AWS %s:%s".formatted(keys.get("AWS_ACCESS_KEY_ID"), signature));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
