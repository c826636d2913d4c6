package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.sandbox.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users mistype: said in the last line, before anything is done. In the commands LOG is a log
 * of behaviors, DATA a data set, SHIPPED an artifact, FILE a file, LATIN one that is no UTF-8,
 * RULES one with a byte order mark and an unknown rule, DIR a directory, NOWHERE what is not there,
 * EMPTY no text and KAFKA the address of no broker.
 */
class WrongArgumentsTest {
    private static final String NOWHERE = "there is no such file or directory";

    @TempDir private static Path shared;

    @BeforeAll
    static void files() throws IOException {
        Files.createDirectory(shared.resolve("dir"));
        Files.createFile(shared.resolve("file"));
        Files.write(shared.resolve("latin"), new byte[] {'a', '=', (byte) 0xfc, '\n'});
        Files.writeString(shared.resolve("rules"), "\uFEFFalpha=0.01\nauc.margn=0.1\n");
        done("simulate --output LOGS --users 30 --behaviors 900 --requests 90");
        done(
                "prepare impressions --behaviors LOG --requests LOGS/requests.jsonl.gz"
                        + " --labels LOGS/truth.jsonl.gz --test-share 0.2 --output DATA");
    }

    private static void done(String command) throws IOException {
        CommandRun run = run(command);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static CommandRun run(String command) throws IOException {
        Map<String, String> words = new HashMap<>();
        words.put("LOGS", shared.resolve("logs").toString());
        words.put("LOG", shared.resolve("logs/behaviors.jsonl.gz").toString());
        words.put("DATA", shared.resolve("data").toString());
        words.put("SHIPPED", DemoModel.extract().toString());
        words.put("FILE", shared.resolve("file").toString());
        words.put("LATIN", shared.resolve("latin").toString());
        words.put("RULES", shared.resolve("rules").toString());
        words.put("DIR", shared.resolve("dir").toString());
        words.put("NOWHERE", shared.resolve("nowhere").toString());
        words.put("EMPTY", "");
        words.put("KAFKA", "localhost:1");
        return CommandRun.of((Object[]) CommandWords.of(command, words));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nope",
                "nope --help",
                "model nope --help",
                "bench nope -h",
                "model",
                "score",
                "score --modle SHIPPED",
                "score --model SHIPPED --requests FILE --output FILE more",
                "train --data DATA --output DIR/m --epochs many",
                "model ramp v --bootstrap-servers KAFKA"
            })
    void theErrorIsLastAfterOneLineOfUsageAndWhereToReadOn(String command) throws IOException {
        CommandRun run = run(command);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        List<String> lines = run.err().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("Usage: dien");
        assertThat(lines.get(1)).matches("see dien( [a-z]+){0,2} --help");
        assertThat(lines.get(2)).matches("dien: \\S.*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "demo --seconds 0 | --parallelism must be at least 1",
                "demo --parallelism 0 | --parallelism must be at least 1",
                "demo --users -3 | --parallelism must be at least 1",
                "demo --past -1 | must not be negative",
                "demo --requests-per-second -1 | must not be negative",
                "demo --prometheus-port 70000 | --prometheus-port must be from 0 to 65535",
                "demo --keep --console-port -1 | --console-port must be from 0 to 65535",
                "demo --behaviors LOG | --behaviors and --requests go together",
                "demo --behaviors LOG --requests LOG | --behaviors needs --model",
                "demo --model SHIPPED --behaviors LOG --requests LOG --parallelism 0 | at least 1",
                "demo --swap --model SHIPPED | --swap needs a directory",
                "demo --json | --json goes with --learn",
                "demo --console-port 8080 | --console-port goes with --keep",
                "demo --output DIR/a | --output goes with --behaviors",
                "demo --keep --seconds 5 | --seconds does not go with --keep",
                "demo --keep --learn | --keep does not go with --learn",
                "demo --learn --option delivery.guarantee=exactly-once | --option does not go with --learn",
                "demo --learn --users 50 | --users does not go with --learn",
                "demo --learn --parallelism 2 | --parallelism does not go with --learn",
                "demo --learn --prometheus-port 9249 | --prometheus-port does not go with --learn",
                "demo --model SHIPPED --behaviors LOG --requests LOG --learn | --learn does not go with --behaviors",
                "demo --model SHIPPED --behaviors LOG --requests LOG --json | --json does not go with --behaviors",
                "demo --model SHIPPED --behaviors LOG --requests LOG --plot DIR | --plot does not go with --behaviors",
                "demo --model SHIPPED --behaviors LOG --requests LOG --users 5 | --users does not go with --behaviors",
                "demo --model SHIPPED --behaviors LOG --requests LOG --option time.mode=latest | --option time.mode does not go with --behaviors",
                "demo --option no.such=1 | --option: option no.such",
                "broker --port 0 | --port must be from 1 to 65535",
                "broker --partitions 0 | --partitions must be above 0",
                "try LOG --epochs 0 | --epochs must be at least 1",
                "soak --hours 0 | --hours must be at least",
                "soak --hours NaN | --hours must be at least",
                "soak --requests-per-second 0 | must be at least 1",
                "send --timeout 0 --bootstrap-servers KAFKA | --timeout must be above 0",
                "send --timeout NaN --bootstrap-servers KAFKA | --timeout must be above 0",
                "send --timeout Infinity --bootstrap-servers KAFKA | --timeout must be above 0",
                "watch --limit 0 --bootstrap-servers KAFKA | --limit must be above 0",
                "watch score --bootstrap-servers KAFKA | nothing is called 'score'; did you mean 'scores'?",
                "simulate --users 0 --output DIR | --users, --candidates, --rate: at least 1",
                "simulate --behaviors -1 --output DIR | not negative",
                "simulate --shown -1 --output DIR | --shown: not negative",
                "topics create --partitions 0 --bootstrap-servers KAFKA | must be at least 1",
                "topics create --replication 0 --bootstrap-servers KAFKA | must be at least 1",
                "heartbeat --every 5 --bootstrap-servers KAFKA | '5' is no time with its unit",
                "heartbeat --every 0s --bootstrap-servers KAFKA | --every must be above 0",
                "quality --since 30 --bootstrap-servers KAFKA | '30' is no time with its unit",
                "quality --since 99999999999d --bootstrap-servers KAFKA | is longer than",
                "quality --by prices --bootstrap-servers KAFKA | --by: no 'prices'",
                "replay --behaviors LOG --speed -1 --bootstrap-servers KAFKA | --speed must not be",
                "replay --behaviors LOG --speed NaN --bootstrap-servers KAFKA | --speed must not be",
                "dlq replay --bootstrap-servers KAFKA | either --input or --reason",
                "dlq list --reason typo --bootstrap-servers KAFKA | --reason: no 'typo'",
                "bootstrap --model SHIPPED --savepoint DIR/s | --behaviors or --bootstrap-servers",
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors LOG --parallelism 0 | --parallelism must be at least 1",
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors LOG --max-parallelism 1 | --max-parallelism not below",
                "model publish m --timeout 0 --bootstrap-servers KAFKA | --timeout goes from 1",
                "model history --at yesterday --bootstrap-servers KAFKA | --at",
                "evaluate --model SHIPPED --data DATA --draws 39 | --draws must be at least 40",
                "evaluate --model SHIPPED --data DATA --attention-tail 1 | --attention-tail must be",
                "evaluate --model SHIPPED --data DATA --attention-tail NaN | --attention-tail must be",
                "evaluate --model SHIPPED --data DATA --correction-wait 1 | '1' is no time",
                "prepare interactions --input LOG --output DIR/d --max-length 100000 | --max-length must be 1 to 65536",
                "prepare interactions --input LOG --output DIR/d --max-length 0 | --max-length must be 1 to 65536",
                "prepare interactions --input LOG --output DIR/d --negatives-per-click 0 | must be at least 1",
                "prepare interactions --input LOG --output DIR/d --min-count 0 | must be at least 1",
                "prepare interactions --input LOG --output DIR/d --max-bad-lines 2 | is a share",
                "prepare interactions --input LOG --output DIR/d --test-share NaN | must not be negative",
                "prepare interactions --input LOG --output DIR/d --test-share 0.99 | leave nothing",
                "prepare interactions --input LOG --output DIR/d --earliest yesterday | --earliest",
                "prepare taobao --input LOG --output DIR/d --types pv,clik | --types:",
                "train --data DATA --output DIR/m --max-length 100000 | --max-length is more than any model's",
                "train --data DATA --output DIR/m --max-length 0 | maxLength must be at least 1",
                "train --data DATA --output DIR/m --name EMPTY | the model's name is empty",
                "train --data DATA --output DIR/m --model-version EMPTY | the model's version is empty",
                "train --data DATA --output DIR/m --mlp 70000 | mlp: 70000 is not from 1 to 65536",
                "train --data DATA --output DIR/m --mlp 0 | mlp: 0 is not from 1 to 65536",
                "train --data DATA --output DIR/m --embedding-width 0 | embedding width: 0",
                "train --data DATA --output DIR/m --embedding-width 70000 | embedding width: 70000",
                "train --data DATA --output DIR/m --hash item=1 | hash: item needs at least 2 rows",
                "train --data DATA --output DIR/m --epochs 0 | impossible epochs=0",
                "train --data DATA --output DIR/m --batch-size 0 | impossible batchSize=0",
                "train --data DATA --output DIR/m --learning-rate NaN | impossible learningRate=NaN",
                "train --data DATA --output DIR/m --embedding-rate 0 | impossible embeddingRate=0.0",
                "train --data DATA --output DIR/m --unknown-rate 1 | impossible unknownRate=1.0",
                "train --data DATA --output DIR/m --threads -1 | --threads must not be negative",
                "train --data DATA --output DIR/m --checkpoint-every -1 | must not be negative",
                "train --data DATA --output DIR/m --carry-optimizer DIR | goes with --warm-start",
                "train --output DIR/m | Missing required option",
                "ablation --data DATA --output DIR/a --architectures dein | no architecture 'dein'",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --holdout 1 | --holdout is",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --threads -1 | --threads must not",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --every 10 | '10' is no time",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --correction-wait 5 | '5' is no time",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --every 0s | --every must be above 0",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --correction-wait 0s | --correction-wait must be above 0",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --stage candidate | needs --percent above 0",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --model-cache-size 0 | --model-cache-size must be above 0",
                "train --data DIR --output DIR/m --correction-wait 0s | --correction-wait must be above 0",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --percent 20 | goes with --stage candidate",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --percent 101 | from 0 to 100",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --auc-margin NaN | margins",
                "learn --data DIR --artifacts DIR --bootstrap-servers KAFKA --epochs 0 | impossible epochs=0",
                "chaos --minutes -1 | --minutes and --gap not below",
                "chaos --users 0 | --users must be above 0",
                "chaos --rate 0 | --rate must be above 0",
                "chaos --load 2 | --load is a share",
                "chaos --ttl 30 | '30' is not allowed: expected a duration",
                "chaos --idle-after 5 | '5' is not allowed: expected a duration",
                "chaos --faults nope | nope",
                "chaos --option model.path=x | --option model.path is not for this command",
                "chaos --delivery at-least-once --time-mode event-time --idle-after 3s | set --idle-after 0s",
                "console --port 70000 --bootstrap-servers KAFKA | --port must be 0 to 65535",
                "console --flink localhost:8081 --bootstrap-servers KAFKA | --flink must be like",
                "bench kernels --steps -1 | --steps must not be negative",
                "bench kernels --candidates 0 | --candidates start at 1",
                "bench kernels --tail 1 | --tail must be at least 0 and less than 1",
                "bench kernels --kernels fast | --kernels: no 'fast'",
                "bench kernels --passes 0 | at least 1",
                "bench stream --users 0 | start at 1",
                "bench stream --parallelism 0 | start at 1",
                "bench stream --candidates 20,0 | start at 1",
                "bench stream --history -1 | must not be",
                "bench stream --seconds NaN | seconds must be above 0",
                "bench stream --hot-share 2 | --hot-share is a share",
                "bench latency --parallelism 0 | start at 1",
                "bench latency --behaviors-per-request -1 | must not be negative",
                "bench latency --shares 0.5,NaN | shares above 0",
                "bench join --shown 0 | --shown goes from 1 to --candidates",
                "bench join --rate NaN | --rate starts at 10",
                "bench join --late-share 2 | --late-share goes from 0 to 1",
                "bench join --option rollout.enabled=true | option rollout.enabled = 'true' needs a topic",
                "bench swap --megabytes 0 | --megabytes and --smaller go from 1",
                "bench training --threads -1 | --threads and --memory must not be negative",
                "bench training --items 1 | at least 2 rows",
                "bench vocabulary --ids 0 | --ids goes from 1",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --job.parallelism=-1 | job.parallelism = '-1'",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --checkpoint.interval=30 | checkpoint.interval = '30'",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --schema-registry.url=registry:8081 | schema-registry.url = 'registry:8081'",
                "job --kafka.bootstrap-servers=KAFKA --model.path | option model.path has no value",
                "job --kafka.bootstrap-servers=KAFKA --modle.path=x | option modle.path",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --options-file NOWHERE | no such file",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --options-file DIR | is a directory",
                "job --kafka.bootstrap-servers=KAFKA --model.path=SHIPPED --options-file LATIN | is not UTF-8",
                "learning-job --kafka.bootstrap-servers=KAFKA --labels.wait=30 | labels.wait = '30'",
                "learning-job --kafka.bootstrap-servers=KAFKA --examples.negative-rate=0 | examples.negative-rate = '0'"
            })
    void whatCannotBeIsSaidInTheLastLine(String command, String message) throws IOException {
        CommandRun run = run(command);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("\tat ");
        List<String> lines = run.err().lines().toList();
        assertThat(lines).hasSizeLessThanOrEqualTo(3);
        assertThat(lines).last().asString().startsWith("dien: ").contains(message);
        assertThat(shared.resolve("dir")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "score --model NOWHERE --requests LOG --output DIR/a | nowhere",
                "score --model FILE --requests LOG --output DIR/a | file",
                "score --model SHIPPED --requests NOWHERE --output DIR/a | nowhere: " + NOWHERE,
                "score --model SHIPPED --requests DIR --output DIR/a | dir: is a directory, not a file",
                "score --model SHIPPED --requests LOG --output DIR | dir: is a directory, not a file",
                "score --model SHIPPED --requests LOG --output NOWHERE/a | nowhere: there is no such directory",
                "score --model SHIPPED --requests LOG --output LOG | is read and written",
                "explain --model SHIPPED --data NOWHERE --output DIR/e | manifest.json: is missing",
                "explain --model SHIPPED --data DATA --output FILE | file: is a file, not a directory",
                "explain --model SHIPPED --data DATA --output FILE/e | file: is a file, not a directory",
                "explain --model SHIPPED --data DATA --titles NOWHERE --output DIR/e | nowhere: "
                        + NOWHERE,
                "explain --model SHIPPED --data DATA --user nobody --output DIR/e | the test has no user nobody",
                "evaluate --model SHIPPED --data NOWHERE | manifest.json: is missing",
                "evaluate --model SHIPPED --data FILE | manifest.json: is missing",
                "evaluate --model SHIPPED --data DIR | dir",
                "evaluate --model SHIPPED --data DATA --report FILE | file: is a file, not a directory",
                "evaluate --model NOWHERE --data DATA | nowhere",
                "simulate --output FILE | file: is a file, not a directory",
                "simulate --output FILE/s | file: is a file, not a directory",
                "prepare interactions --input NOWHERE --output DIR/d | nowhere: " + NOWHERE,
                "prepare interactions --input DIR --output DIR/d | dir: is a directory, not a file",
                "prepare interactions --input LOG --output FILE | file: already exists",
                "prepare interactions --input LOG --output FILE/d | file: is a file, not a directory",
                "prepare interactions --input LOG --output DIR/d --titles NOWHERE | nowhere: "
                        + NOWHERE,
                "prepare interactions --input LOG --output DIR/d --test-pairs NOWHERE | nowhere: "
                        + NOWHERE,
                "prepare movielens --input NOWHERE --output DIR/d | nowhere",
                "prepare movielens --input DIR --output DIR/d | dir",
                "train --data DATA --output FILE | file: already exists",
                "train --data DATA --output FILE/m | file: is a file, not a directory",
                "train --data NOWHERE --output DIR/m | manifest.json: is missing",
                "train --data DATA --output DIR/m --warm-start NOWHERE | nowhere",
                "train --output DIR/m --from-manifest NOWHERE | nowhere: there is no such manifest",
                "train --output DIR/m --from-manifest DIR | dir: there is no such manifest",
                "ablation --data DATA --output FILE --architectures base --seeds 1 | file: is a file, not a directory",
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors NOWHERE | nowhere: "
                        + NOWHERE,
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors DIR | dir is a directory, not a file",
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors LOG --behaviors LOG | is given twice",
                "bootstrap --model SHIPPED --savepoint DIR/s --behaviors LOG --erasures NOWHERE | nowhere: "
                        + NOWHERE,
                "bootstrap --model SHIPPED --savepoint FILE --behaviors LOG | file exists",
                "bootstrap --model SHIPPED --savepoint FILE/s --behaviors LOG | file: is a file, not a directory",
                "bootstrap --model NOWHERE --savepoint DIR/s --behaviors LOG | nowhere",
                "savepoint detach --savepoint NOWHERE --output DIR/s | nowhere is no savepoint",
                "savepoint detach --savepoint DIR --output DIR/s | dir is no savepoint",
                "erase --user u NOWHERE | nowhere: " + NOWHERE,
                "erase --user u DIR | dir is no data set",
                "erase --users NOWHERE LOG | nowhere: " + NOWHERE,
                "erase --user u DATA DATA/manifest.json | is part of",
                "dlq replay --input NOWHERE --dry-run --bootstrap-servers KAFKA | nowhere: "
                        + NOWHERE,
                "replay --behaviors NOWHERE --bootstrap-servers KAFKA | nowhere: " + NOWHERE,
                "replay --behaviors DIR --bootstrap-servers KAFKA | dir: is a directory, not a file",
                "send NOWHERE --bootstrap-servers KAFKA --kafka-config NOWHERE | there is no file",
                "send NOWHERE --bootstrap-servers KAFKA --kafka-config DIR | dir: is a directory, not a file",
                "send NOWHERE --bootstrap-servers KAFKA --kafka-config LATIN | latin:1: is not UTF-8",
                "topics create --bootstrap-servers KAFKA --kafka-property retries=abc | Invalid value abc for configuration retries",
                "topics create --bootstrap-servers localhost | localhost",
                "model sign --model SHIPPED --key NOWHERE | nowhere: " + NOWHERE,
                "model sign --model SHIPPED --key DIR | dir: is a directory, not a file",
                "model sign --model SHIPPED --key LATIN | latin: no Ed25519 private key in PEM",
                "model verify SHIPPED --requests NOWHERE --expected FILE | nowhere: " + NOWHERE,
                "model inspect NOWHERE | nowhere",
                "model inspect FILE | file",
                "model gate --candidate 2 --rules NOWHERE --bootstrap-servers KAFKA | nowhere: "
                        + NOWHERE,
                "model gate --candidate 2 --rules DIR --bootstrap-servers KAFKA | dir: is a directory, not a file",
                "model gate --candidate 2 --rules LATIN --bootstrap-servers KAFKA | latin:1: is not UTF-8",
                "model gate --candidate 2 --rules RULES --bootstrap-servers KAFKA | rules: auc.margn: no such rule; there are alpha",
                "quality --plots FILE --bootstrap-servers KAFKA | file: is a file, not a directory",
                "demo --learn --plot FILE | file: is a file, not a directory",
                "demo --model SHIPPED --behaviors LOG --requests LOGS/requests.jsonl.gz --output NOWHERE/a | there is no such directory",
                "demo --model SHIPPED --behaviors NOWHERE --requests LOG | nowhere: " + NOWHERE,
                "demo --model NOWHERE | nowhere",
                "broker --directory FILE | file: is a file, not a directory",
                "console --model NOWHERE --bootstrap-servers KAFKA | nowhere",
                "bench kernels --output FILE | file: is a file, not a directory",
                "bench stream --output FILE | file: is a file, not a directory",
                "bench latency --output FILE/b | file: is a file, not a directory",
                "try NOWHERE --output DIR | dir: is there already",
                "job --kafka.bootstrap-servers=KAFKA --kafka.startup-timeout=1s --job.start-from=none --model.path=NOWHERE | nowhere",
                "job --kafka.bootstrap-servers=KAFKA --kafka.startup-timeout=1s --job.start-from=none --model.path=NOWHERE --rollout.enabled=true --time.mode=event-time | model.path: "
            })
    void whatIsInTheWayIsNamedInTheLastLine(String command, String message) throws IOException {
        CommandRun run = run(command);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(1);
        assertThat(run.err()).doesNotContain("\tat ", "Exception");
        assertThat(run.err().lines().toList()).last().asString().startsWith("dien: ");
        assertThat(run.err().lines().toList()).last().asString().contains(message);
        assertThat(shared.resolve("dir")).isEmptyDirectory();
    }
}
