package io.dienstream.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.console.feed.Feed;
import io.dienstream.console.server.Call;
import io.dienstream.console.server.ConsoleServer;
import io.dienstream.console.server.Door;
import io.dienstream.console.server.EventPush;
import io.dienstream.console.server.Reply;
import io.dienstream.console.touch.Explainer;
import io.dienstream.console.touch.KafkaSender;
import io.dienstream.console.touch.Labels;
import io.dienstream.console.touch.Letters;
import io.dienstream.console.touch.Sender;
import io.dienstream.console.touch.Stage;
import io.dienstream.console.touch.UserNames;
import io.dienstream.console.watch.FlinkJobs;
import io.dienstream.console.watch.Rollout;
import io.dienstream.console.watch.Watch;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.model.Model;
import io.dienstream.operate.rollout.RolloutClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The web page beside a running job: reads its topics and Flink's REST interface. */
public final class Console implements AutoCloseable {
    private static final int MOST_PAGES = 12;
    private static final int PUSH_MS = 1_000;
    private static final int MOST_USERS = 50;
    private static final int MOST_LETTERS = 50;
    private static final int SECRET_BYTES = 16;

    private final ConsoleServer server;
    private final Readers readers;
    private final Sender sender;
    private final String token;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * How it is started.
     *
     * @param client properties of Kafka's clients
     * @param flink where Flink's REST interface answers; null: nothing is shown of it
     * @param models that explain answers; may be none
     * @param rollout name of the model whose rollout is shown, {@code rollout.model} of the job
     * @param address to listen on; port 0: a free one
     * @param hosts by which the page is reached besides this machine's own names
     * @param write whether clicks, requests and dead letters may be sent
     * @param maskUsers whether user ids stay out of the page
     * @param titles what items are called
     */
    public record Settings(
            Properties client,
            URI flink,
            List<Model> models,
            String rollout,
            InetSocketAddress address,
            Set<String> hosts,
            boolean write,
            boolean maskUsers,
            ItemTitles titles) {}

    private Console(ConsoleServer server, Readers readers, Sender sender, String token) {
        this.server = server;
        this.readers = readers;
        this.sender = sender;
        this.token = token;
    }

    /**
     * Starts reading and listening.
     *
     * @throws IOException where Kafka does not answer or the address cannot be listened on
     */
    public static Console start(Settings settings) throws IOException, InterruptedException {
        Feed feed = new Feed(System::currentTimeMillis);
        UserNames names =
                settings.maskUsers()
                        ? UserNames.masked(feed.users(), secret())
                        : UserNames.plain(feed.users());
        FlinkJobs flink = settings.flink() == null ? null : new FlinkJobs(settings.flink());
        Readers readers = new Readers(settings.client(), feed);
        Rollout rollout =
                readers.hasRollout()
                        ? new Rollout(new RolloutClient(settings.client(), settings.rollout()))
                        : null;
        Watch watch = new Watch(feed, rollout, flink, System::currentTimeMillis);
        String token = HexFormat.of().formatHex(secret());
        EventPush events = new EventPush(MOST_PAGES, PUSH_MS, () -> views(watch));
        ConsoleServer server =
                new ConsoleServer(settings.address(), new Door(token, settings.hosts()), events);
        Sender sender = settings.write() ? new KafkaSender(settings.client()) : null;
        Explainer explainer = new Explainer(settings.models());
        Stage stage =
                new Stage(
                        feed,
                        sender,
                        explainer,
                        new Labels(settings.titles()),
                        names,
                        System::currentTimeMillis,
                        new Random());
        Letters letters = new Letters(feed.letters(), sender, settings.maskUsers());
        ObjectNode about = about(settings, explainer);
        route(server, about, stage, letters);
        server.on("GET", "answers", c -> Reply.json(object().put("kept", feed.answers().size())));
        readers.start(watch);
        server.start();
        return new Console(server, readers, sender, token);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static byte[] secret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** Tells one page: everything first, and then what is new. */
    private static Supplier<String> views(Watch watch) {
        long[] told = {0};
        return () -> {
            ObjectNode view = watch.view(told[0]);
            JsonNode seconds = view.path("seconds");
            if (!seconds.isEmpty()) {
                told[0] = seconds.get(seconds.size() - 1).path("t").asLong();
            }
            return view.toString();
        };
    }

    private static ObjectNode about(Settings settings, Explainer explainer) {
        ObjectNode about = object();
        about.put("write", settings.write());
        about.put("masked", settings.maskUsers());
        about.put("kafka", settings.client().getProperty("bootstrap.servers"));
        about.put("flink", settings.flink() == null ? null : settings.flink().toString());
        explainer.models().stream()
                .map(Model::config)
                .forEach(
                        config ->
                                about.withArray("models")
                                        .addObject()
                                        .put("name", config.name())
                                        .put("version", config.version())
                                        .put("architecture", config.architecture().key()));
        return about;
    }

    private static void route(
            ConsoleServer server, ObjectNode about, Stage stage, Letters letters) {
        server.on("GET", "about", call -> Reply.json(about))
                .on("GET", "users", c -> Reply.json(stage.users(c.parameter("q"), MOST_USERS)))
                .on("GET", "user", c -> Reply.json(stage.user(c.parameter("user"))))
                .on("GET", "items", c -> Reply.json(stage.items()))
                .on("POST", "ask", c -> Reply.json(stage.ask(wish(c))))
                .on(
                        "GET",
                        "letters",
                        c -> Reply.json(letters.list(c.parameter("reason"), MOST_LETTERS)))
                .on(
                        "POST",
                        "letters/replay",
                        c -> {
                            letters.replay(c.body().path("origin").asText());
                            return Reply.json(object());
                        });
    }

    private static Stage.Wish wish(Call call) {
        JsonNode body = call.body();
        List<String> ads = new ArrayList<>();
        body.path("ads").forEach(ad -> ads.add(ad.asText()));
        Map<String, String> click = null;
        if (body.path("click").isObject()) {
            click = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> field : body.path("click").properties()) {
                click.put(field.getKey(), field.getValue().asText());
            }
        }
        return new Stage.Wish(body.path("user").asText(), ads, click);
    }

    /** What to open: the token is behind the #, which browsers send to nobody. */
    public String url() {
        InetSocketAddress at = server.address();
        String host = at.getAddress().isAnyLocalAddress() ? "localhost" : at.getHostString();
        return "http://%s:%d/#token=%s"
                .formatted(host.contains(":") ? "[" + host + "]" : host, at.getPort(), token);
    }

    /** Stops listening and reading, once. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        server.close();
        readers.close();
        if (sender != null) {
            sender.close();
        }
    }
}
