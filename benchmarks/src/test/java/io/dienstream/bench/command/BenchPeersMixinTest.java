package io.dienstream.bench.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.bench.stream.PeerPlan;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchPeersMixinTest {
    private static PeerPlan plan(String... options) {
        BenchStreamCommand command = new BenchStreamCommand();
        new CommandLine(command).parseArgs(options);
        return command.peerPlan();
    }

    @Test
    void requestsOfPeersHaveTwentyCandidatesFirst() {
        PeerPlan plan = plan("--peer", "onnx=graph");
        assertThat(plan.candidates()).containsExactly(20, 100);
        assertThat(plan.users()).isEqualTo(10_000);
    }

    @Test
    void orThoseThatWereAskedFor() {
        assertThat(plan("--peer", "onnx=graph", "--candidates", "50,1").candidates())
                .isEqualTo(List.of(50, 1));
    }
}
