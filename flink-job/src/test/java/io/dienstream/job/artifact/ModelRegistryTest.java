package io.dienstream.job.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.Model;
import io.dienstream.job.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTest {
    private static final long MEBIBYTE = 1 << 20;

    @TempDir private Path directory;
    private final ModelRegistry registry = new ModelRegistry(new ModelLoader()::load);
    private Path model;
    private String sha256;
    private LoadSettings settings;

    @BeforeEach
    void model() throws Exception {
        model = Records.model(directory, 1);
        sha256 = ModelReader.read(model).checksum();
        settings = settings("", 100 * MEBIBYTE);
    }

    private LoadSettings settings(String key, long cacheBytes) {
        return new LoadSettings(
                key, directory.resolve("cache").toString(), cacheBytes, "", Duration.ZERO, 1);
    }

    private ModelRef ref(String uri, String checksum) {
        return new ModelRef(uri, checksum, settings);
    }

    private ModelRef published() {
        return ref(model.toUri().toString(), sha256);
    }

    private void assertRefused(ModelRef ref, String... reasons) throws Exception {
        try (ModelLease lease = registry.lease(ref, 0)) {
            assertThat(lease.await()).isEqualTo(LoadState.REFUSED);
            assertThat(lease.reason()).contains(reasons);
            assertThatThrownBy(lease::awaitScorer)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(ref.uri());
        }
        assertThat(registry.size()).isZero();
        assertNothingIsLeftOfWhatWasFetched();
    }

    private void assertNothingIsLeftOfWhatWasFetched() throws IOException {
        Path cache = directory.resolve("cache");
        if (Files.exists(cache)) {
            try (Stream<Path> copies = Files.list(cache)) {
                assertThat(copies).allMatch(c -> !c.getFileName().toString().startsWith("inc"));
            }
        }
    }

    @Test
    void aModelIsLoadedOnceForAllAndGoesWithTheLast() throws Exception {
        ModelLease first = registry.lease(published(), 0);
        ModelLease second = registry.lease(published(), 0);
        assertThat(first.awaitScorer()).isSameAs(second.awaitScorer());
        assertThat(first.scorer().model().checksum()).isEqualTo(sha256);
        first.close();
        first.close();
        assertThat(registry.size()).as("closed twice by one").isEqualTo(1);
        second.close();
        assertThat(registry.size()).isZero();
    }

    /** Whoever only scores with it learns that no plan wants it any more. */
    @Test
    void aModelIsLetGoWhenTheLastPlanHasLetItGo() throws Exception {
        try (ModelLease scoring = registry.lease(published(), 0)) {
            scoring.awaitScorer(); // a load that goes on would write where the test has cleared up
            assertThat(scoring.isLetGo()).as("no plan ever had it").isFalse();
            ModelLease first = registry.leaseForPlan(published(), 0);
            ModelLease second = registry.leaseForPlan(published(), 0);
            first.close();
            first.close();
            assertThat(scoring.isLetGo()).isFalse();
            second.close();
            assertThat(scoring.isLetGo()).isTrue();
            try (ModelLease again = registry.leaseForPlan(published(), 0)) {
                assertThat(again.isLetGo()).isFalse();
                assertThat(scoring.isLetGo()).isFalse();
            }
        }
        assertThat(registry.size()).isZero();
    }

    /** What becomes of the place that it came from changes nothing. */
    @Test
    void aCopyOfThisMachineServesWhenTheArtifactIsGone() throws Exception {
        try (ModelLease lease = registry.lease(published(), 0)) {
            lease.awaitScorer();
        }
        ModelRef ref = published();
        Files.move(model, directory.resolve("away"));
        try (ModelLease lease = registry.lease(ref, 0)) {
            assertThat(lease.awaitScorer().model().checksum()).isEqualTo(sha256);
        }
    }

    @Test
    void aDamagedCopyIsFetchedAnew() throws Exception {
        try (ModelLease lease = registry.lease(published(), 0)) {
            lease.awaitScorer();
        }
        Files.write(
                directory.resolve("cache").resolve(sha256).resolve(ModelReader.WEIGHTS_FILE),
                new byte[9]);
        try (ModelLease lease = registry.lease(published(), 0)) {
            assertThat(lease.awaitScorer().model().checksum()).isEqualTo(sha256);
        }
    }

    @Test
    void whatIsNotThereOrNoUriIsRefused() throws Exception {
        assertRefused(ref(directory.resolve("no").toUri().toString(), sha256), "no");
        assertRefused(ref("nonsense://host/model", sha256), "nonsense");
        assertRefused(ref("file:///a b\u0000", sha256), "");
    }

    @Test
    void whatIsHalfUploadedIsRefusedAndTakenWhenItIsWhole() throws Exception {
        Path weights = model.resolve(ModelReader.WEIGHTS_FILE);
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length / 2));
        try (ModelLease lease = registry.lease(published(), 1)) {
            assertThat(lease.await()).isEqualTo(LoadState.REFUSED);
            assertThat(lease.reason()).contains(ModelReader.WEIGHTS_FILE, model.getFileName() + "");
            Files.write(weights, whole);
            try (ModelLease again = registry.lease(published(), 2)) {
                assertThat(again.awaitScorer().model().checksum()).isEqualTo(sha256);
            }
            assertThat(lease.isReady()).isTrue();
        }
    }

    @Test
    void whatIsNotThePublishedArtifactIsRefused() throws Exception {
        assertRefused(ref(model.toUri().toString(), "0".repeat(64)), "checksum", sha256, "000");
        Path other = Records.model(directory, 2);
        Files.copy(
                other.resolve(ModelReader.WEIGHTS_FILE),
                model.resolve(ModelReader.WEIGHTS_FILE),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused(published(), "checksum", "changed");
    }

    @Test
    void whatIsNotSignedIsRefusedWhereAKeyIsSet() throws Exception {
        PublicKey key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        Path pem = directory.resolve("public.pem");
        Files.writeString(
                pem,
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        settings = settings(pem.toString(), 100 * MEBIBYTE);
        assertRefused(published(), "seal.json");
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() throws Exception {
        Path weights = model.resolve(ModelReader.WEIGHTS_FILE);
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(bytes.length - Float.BYTES, Float.NaN);
        Files.write(weights, bytes);
        assertRefused(published(), ModelReader.WEIGHTS_FILE);
    }

    @Test
    void whatIsLargerThanTheCacheIsRefused() throws Exception {
        settings = settings("", 1000);
        assertRefused(published(), "model.cache-size", "1000");
    }

    /** The least recently used goes; what is in use goes on scoring. */
    @Test
    void theCacheKeepsNoMoreThanItsBound() throws Exception {
        long bytes;
        try (Stream<Path> files = Files.walk(model)) {
            bytes = files.mapToLong(f -> f.toFile().isFile() ? f.toFile().length() : 0).sum();
        }
        settings = settings("", 2 * bytes + bytes / 2);
        try (ModelLease first = registry.lease(published(), 0)) {
            float before = score(first);
            for (int seed = 2; seed <= 4; seed++) {
                Path other = Records.model(directory, seed);
                String checksum = ModelReader.read(other).checksum();
                try (ModelLease lease =
                        registry.lease(ref(other.toUri().toString(), checksum), 0)) {
                    lease.awaitScorer();
                }
            }
            try (Stream<Path> copies = Files.list(directory.resolve("cache"))) {
                assertThat(copies).hasSize(2).noneMatch(c -> c.endsWith(sha256));
            }
            assertThat(score(first)).isEqualTo(before);
        }
    }

    private static float score(ModelLease lease) throws Exception {
        var scorer = lease.awaitScorer();
        var encoded = scorer.encoder().newRequest();
        var scratch = scorer.newScratch();
        var request = Records.request("u", "r", 1, 1);
        scorer.encoder().begin(request.getUser(), request.getContext(), 1, encoded);
        scorer.encoder().candidate(0, request.getCandidates().get(0).getFields(), encoded);
        scorer.score(scorer.historyModel().newHistory(), 0, encoded, scratch);
        return scratch.pctr(0);
    }

    /** A version that nobody wants any more is not made ready; a new wish loads it again. */
    @Test
    void whoLooksAtAStateNeverWaitsForALoad() throws Exception {
        Model read = ModelReader.read(model);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        ModelRegistry slow =
                new ModelRegistry(
                        (ref, progress, pace) -> {
                            loads.incrementAndGet();
                            await(go);
                            return read;
                        });
        ModelLease dropped = slow.lease(published(), 0);
        assertThat(dropped.state()).isEqualTo(LoadState.FETCHING);
        dropped.close();
        try (ModelLease wanted = slow.lease(published(), 0)) {
            assertThat(wanted.isReady()).isFalse();
            go.countDown();
            assertThat(wanted.awaitScorer().model()).isSameAs(read);
        }
        assertThat(loads).hasValue(2);
    }

    /** A loader that works for some milliseconds and then may rest, which takes it an hour. */
    private static ModelRegistry resting(Model read, CountDownLatch begun, CountDownLatch over) {
        return new ModelRegistry(
                (ref, progress, pace) -> {
                    begun.countDown();
                    long since = System.nanoTime();
                    while (System.nanoTime() - since < 4_000_000) {
                        Thread.onSpinWait();
                    }
                    pace.rest();
                    over.countDown();
                    return read;
                });
    }

    private ModelRef slowly() {
        String cache = directory.resolve("cache").toString();
        var slow = new LoadSettings("", cache, 100 * MEBIBYTE, "", Duration.ZERO, 1e-6);
        return new ModelRef(published().uri(), sha256, slow);
    }

    @Test
    @Timeout(60)
    void whatATaskWaitsForIsLoadedAtFullSpeed() throws Exception {
        Model read = ModelReader.read(model);
        ModelRegistry busy = resting(read, new CountDownLatch(1), new CountDownLatch(1));
        try (ModelLease lease = busy.lease(slowly(), 0)) {
            assertThat(lease.awaitScorer().model()).isSameAs(read);
        }
    }

    /** Else loads of a job that is gone would hold up those of the next. */
    @Test
    @Timeout(60)
    void aLoadThatNobodyWantsAnyMoreDoesNotRest() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ModelLease lease = resting(ModelReader.read(model), begun, over).lease(slowly(), 0);
        begun.await();
        lease.close();
        over.await();
        assertThat(over.getCount()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GoldenAnswer golden(float pctr) {
        return new GoldenAnswer(
                Map.of(), Map.of(), List.of(), List.of(Map.of("item", "i1")), List.of(pctr));
    }

    /** An artifact may say what it answers: then nobody is given to it where it does not. */
    @Test
    void anArtifactThatDoesNotAnswerAsItSaysIsRefused() throws Exception {
        GoldenFile.write(model, List.of(golden(0.123f)));
        assertRefused(published(), "golden.jsonl", "request 1 candidate 1 has pCTR ", "says 0.123");
        assertRefused(ref(model.toString(), ""), "golden.jsonl", "request 1 candidate 1");
        Files.writeString(model.resolve(GoldenFile.NAME), "{\"pctr\": [2]}\n");
        assertRefused(published(), "golden.jsonl", "line 1 pctr: 2 is not from 0 to 1");
    }

    @Test
    void anArtifactThatAnswersAsItSaysIsReady() throws Exception {
        GoldenFile.write(model, List.of(golden(pctrHere())));
        try (ModelLease lease = registry.lease(published(), 0)) {
            assertThat(lease.await()).as(lease.reason()).isEqualTo(LoadState.READY);
        }
        assertThat(ModelReader.read(model).checksum())
                .as("no part of the artifact")
                .isEqualTo(sha256);
    }

    /**
     * The cache finds a copy by a checksum of which answers are no part: whoever writes to the
     * place it came from does not stop a version that serves.
     */
    @Test
    void aCopyIsHeldAgainstTheAnswersThatCameWithIt() throws Exception {
        GoldenFile.write(model, List.of(golden(pctrHere())));
        try (ModelLease lease = registry.lease(published(), 0)) {
            assertThat(lease.await()).as(lease.reason()).isEqualTo(LoadState.READY);
        }
        GoldenFile.write(model, List.of(golden(0.123f)));
        try (ModelLease lease = registry.lease(published(), 1)) {
            assertThat(lease.await()).as(lease.reason()).isEqualTo(LoadState.READY);
        }
    }

    @Test
    void anotherArtifactThanWasPublishedIsToldBeforeItsAnswers() throws Exception {
        GoldenFile.write(model, List.of(golden(0.123f)));
        assertRefused(ref(model.toString(), "0".repeat(64)), "checksum", "was published");
    }

    private float pctrHere() throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(model), new ScalarKernels());
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), 1, request);
        scorer.encoder().candidate(0, Map.of("item", "i1"), request);
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(scorer.historyModel().newHistory(), 0, request, scratch);
        return scratch.pctr(0);
    }
}
