package io.dienstream.operate.command;

import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.offline.ArtifactVerification;
import io.dienstream.operate.score.RequestFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien model verify}: whether an artifact scores soundly, and as expected. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads an artifact with every check of docs/reference/model-format.md and scores random requests:"
                    + " all pCTRs must be finite, and equal under all kernels to 1e-5. Answers that the artifact"
                    + " carries in golden.jsonl are compared too.",
            "With --requests and --expected also compares with answers of another implementation."
        })
final class ModelVerifyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Artifact.")
    private Path directory;

    @Option(names = "--requests", paramLabel = "FILE", description = "Requests with behaviors.")
    private Path requests;

    @Option(names = "--expected", paramLabel = "FILE", description = "request_id, pctr.")
    private Path expected;

    @Override
    public Integer call() throws Exception {
        if ((requests == null) != (expected == null)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--requests and --expected go together");
        }
        PrintWriter out = spec.commandLine().getOut();
        ArtifactVerification verification = new ArtifactVerification(directory);
        boolean ok = verification.randomRequests(out);
        ok &= verification.golden(out);
        if (requests != null) {
            BadLines bad = new BadLines(spec.commandLine().getErr());
            RequestFile file = new RequestFile(requests, verification.scorer(), bad);
            ok &= verification.expected(file, expected, bad, out) && bad.count() == 0;
        }
        out.println(ok ? "ok" : "FAILED");
        return ok ? 0 : 1;
    }
}
