package io.dienstream.operate.command;

import io.dienstream.dien.artifact.Seal;
import io.dienstream.dien.artifact.SealKeys;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien model sign}: seals an artifact. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = {
            "Seals an artifact: seal.json with the checksum of its files, signed with --key.",
            "Whoever reads the artifact afterwards refuses it when a file has changed; a job with",
            "model.public-key takes nothing that is not signed by that key."
        })
final class ModelSignCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Artifact.")
    private Path model;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Ed25519 private key, PEM; without it the checksum alone.")
    private Path key;

    @Override
    public Integer call() throws Exception {
        String checksum = Seal.write(model, key == null ? null : SealKeys.privateKey(key));
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: checksum %s%s%n",
                        model.resolve(Seal.FILE), checksum, key == null ? "" : ", signed");
        return 0;
    }
}
