package io.dienstream.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dienstream.operate.kafka.Topics;
import io.dienstream.sandbox.broker.BrokerFiles;
import io.dienstream.sandbox.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A real broker with TLS, SCRAM and ACLs: a listener for users, one for tokens, one whose
 * certificate has expired, and a plain one for the test itself, whose user may do everything.
 */
final class SecureBroker implements AutoCloseable {
    private static final String CLUSTER_NAME = "kafka-cluster";
    private static final int ITERATIONS = 4096;

    final Certificates certificates;
    final int port;
    final int expiredPort;
    final int oauthPort;
    private final EmbeddedBroker broker;
    private final Admin admin;

    SecureBroker(Path directory) throws Exception {
        port = BrokerFiles.freePort();
        expiredPort = BrokerFiles.freePort();
        oauthPort = BrokerFiles.freePort();
        certificates = Certificates.create(directory, "valid", "-1d", 30);
        Certificates expired = Certificates.create(directory, "expired", "-10d", 3);
        Properties p = new Properties();
        String listeners =
                "USERS://localhost:%d,EXPIRED://localhost:%d,OAUTH://localhost:%d"
                        .formatted(port, expiredPort, oauthPort);
        p.put("listeners", listeners);
        p.put("advertised.listeners", listeners);
        p.put(
                "listener.security.protocol.map",
                "USERS:SASL_SSL,EXPIRED:SASL_SSL,OAUTH:SASL_SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        for (String name : List.of("users", "expired")) {
            p.put(
                    "listener.name." + name + ".scram-sha-512.sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        }
        p.put("listener.name.oauth.sasl.enabled.mechanisms", "OAUTHBEARER");
        p.put(
                "listener.name.oauth.oauthbearer.sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
        keyStore(p, "users", certificates);
        keyStore(p, "oauth", certificates);
        keyStore(p, "expired", expired);
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.put("super.users", "User:ANONYMOUS");
        broker = EmbeddedBroker.start(p);
        admin = Admin.create(client());
        List<String> names = Topics.names();
        Topics.create(client(), names, 2, (short) 1, Map.of());
    }

    private static void keyStore(Properties p, String listener, Certificates of) {
        String prefix = "listener.name." + listener + ".ssl.";
        p.put(prefix + "keystore.location", of.keyStore().toString());
        p.put(prefix + "keystore.type", "PKCS12");
        p.put(prefix + "keystore.password", of.password());
        p.put(prefix + "key.password", of.password());
    }

    /** Of a client that may do everything. */
    Properties client() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        return properties;
    }

    void user(String name, String password) throws Exception {
        admin.alterUserScramCredentials(
                        List.of(
                                new UserScramCredentialUpsertion(
                                        name,
                                        new ScramCredentialInfo(
                                                ScramMechanism.SCRAM_SHA_512, ITERATIONS),
                                        password)))
                .all()
                .get();
    }

    /** The ACLs of the only user in a manifest of Strimzi. */
    static List<AclBinding> acls(Path manifest, String user) throws IOException {
        List<AclBinding> bindings = new ArrayList<>();
        JsonNode object = new YAMLMapper().readTree(Files.newInputStream(manifest));
        for (JsonNode acl : object.at("/spec/authorization/acls")) {
            JsonNode of = acl.get("resource");
            ResourceType type = ResourceType.fromString(snake(of.get("type").asText()));
            ResourcePattern resource =
                    new ResourcePattern(
                            type,
                            type == ResourceType.CLUSTER ? CLUSTER_NAME : of.get("name").asText(),
                            of.path("patternType").asText().equals("prefix")
                                    ? PatternType.PREFIXED
                                    : PatternType.LITERAL);
            for (JsonNode operation : acl.get("operations")) {
                bindings.add(
                        new AclBinding(
                                resource,
                                new AccessControlEntry(
                                        "User:" + user,
                                        "*",
                                        AclOperation.fromString(snake(operation.asText())),
                                        AclPermissionType.ALLOW)));
            }
        }
        return bindings;
    }

    private static String snake(String camel) {
        return camel.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    void allow(List<AclBinding> bindings) throws Exception {
        admin.createAcls(bindings).all().get();
    }

    @Override
    public void close() {
        admin.close();
        broker.close();
    }
}
