package io.dienstream.job.artifact;

import io.dienstream.dien.Scorer;
import io.dienstream.dien.SelfCheck;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.artifact.SealKeys;
import io.dienstream.dien.file.FileOwner;
import io.dienstream.dien.file.Pace;
import io.dienstream.dien.kernel.KernelsProvider;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/** Brings an artifact to this machine, and reads it with every check. */
final class ModelLoader {
    /** Of this process, where no option names one. */
    private static Path ownDirectory;

    /**
     * @param progress is told what is done now
     * @param pace of fetching and reading
     * @throws IOException saying why the artifact is refused
     */
    Model load(ModelRef ref, Consumer<LoadState> progress, Pace pace) throws IOException {
        LoadSettings settings = ref.settings();
        PublicKey key =
                settings.publicKey().isEmpty()
                        ? null
                        : SealKeys.publicKey(Path.of(settings.publicKey()));
        Path local = ref.local();
        if (local != null && ref.sha256().isEmpty()) {
            progress.accept(LoadState.VERIFYING);
            var read = ModelReader.readWithAnswers(local, key, copies(settings), pace);
            return checked(local.resolve(GoldenFile.NAME), read.model(), read.golden());
        }
        ModelCache cache =
                new ModelCache(directory(settings), settings.cacheBytes(), Clock.systemUTC());
        Path found = cache.find(ref.sha256());
        if (found != null) {
            progress.accept(LoadState.VERIFYING);
            try {
                return verified(found, ref, key, pace);
            } catch (IOException e) {
                cache.drop(found); // damaged on this disk: what it was copied from may be whole
            }
        }
        progress.accept(LoadState.FETCHING);
        Path incoming = cache.fetch(ref.uri(), pace);
        try {
            progress.accept(LoadState.VERIFYING);
            Model model = verified(incoming, ref, key, pace);
            cache.keep(incoming, model.checksum());
            return model;
        } catch (IOException | RuntimeException e) {
            cache.drop(incoming);
            throw e;
        }
    }

    private static Model verified(Path copy, ModelRef ref, PublicKey key, Pace pace)
            throws IOException {
        try {
            var read = ModelReader.readWithAnswers(copy, key, copies(ref.settings()), pace);
            String checksum = read.model().checksum();
            if (!ref.sha256().isEmpty() && !ref.sha256().equals(checksum)) {
                throw new IOException(
                        "%s: checksum %s, but %s was published: it was changed, or is not whole yet"
                                .formatted(ref.uri(), checksum, ref.sha256()));
            }
            return checked(copy.resolve(GoldenFile.NAME), read.model(), read.golden());
        } catch (IOException e) {
            // the copy's path says nothing to whoever published the artifact
            throw new IOException(
                    String.valueOf(e.getMessage()).replace(copy.toString(), place(ref)), e);
        }
    }

    private static String place(ModelRef ref) {
        return ref.uri().endsWith("/") ? ref.uri().substring(0, ref.uri().length() - 1) : ref.uri();
    }

    /** The model, where it answers as its artifact says. */
    private static Model checked(Path file, Model model, List<GoldenAnswer> golden)
            throws IOException {
        if (!golden.isEmpty()) {
            Scorer scorer = new Scorer(model, KernelsProvider.get());
            String wrong = new SelfCheck(scorer).firstWrong(golden);
            if (wrong != null) {
                throw new IOException(file + ": " + wrong);
            }
        }
        return model;
    }

    private static Path copies(LoadSettings settings) {
        return Path.of(
                settings.copyDirectory().isEmpty()
                        ? System.getProperty("java.io.tmpdir")
                        : settings.copyDirectory());
    }

    private static synchronized Path directory(LoadSettings settings) throws IOException {
        if (!settings.cacheDirectory().isEmpty()) {
            return Path.of(settings.cacheDirectory());
        }
        if (ownDirectory == null || !Files.isDirectory(ownDirectory)) {
            ownDirectory = ofThisProcess();
        }
        return ownDirectory;
    }

    /**
     * One for all class loaders of the process, which each restart of the job makes anew: a hook to
     * delete it would hold the first of them for ever. What a process leaves goes with its
     * temporary directory, or serves the next process of its number, which verifies it again.
     */
    private static Path ofThisProcess() throws IOException {
        Path own =
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "dien-models-" + ProcessHandle.current().pid());
        if (!Files.exists(own)) {
            boolean posix = own.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (posix) {
                var mine = PosixFilePermissions.fromString("rwx------");
                Files.createDirectory(own, PosixFilePermissions.asFileAttribute(mine));
            } else {
                Files.createDirectory(own);
            }
        }
        if (Files.isSymbolicLink(own) || !FileOwner.isOurs(own)) {
            throw new IOException(own + " is not this user's: set model.cache-directory");
        }
        return own;
    }
}
