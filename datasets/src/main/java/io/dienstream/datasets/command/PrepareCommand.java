package io.dienstream.datasets.command;

import io.dienstream.datasets.prepare.AmazonReviews;
import io.dienstream.datasets.prepare.InteractionTable;
import io.dienstream.datasets.prepare.MovieLens;
import io.dienstream.datasets.prepare.PrepareMixin;
import io.dienstream.datasets.prepare.TaobaoLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dien prepare}: raw logs to a data set of training examples. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a data set for dien train: Avro files of training examples, vocabularies, a",
            "manifest. Histories are cut by the retention rule of the stream. Files may be gzipped."
        })
public final class PrepareCommand {

    @Command(
            name = "interactions",
            mixinStandardHelpOptions = true,
            description = {
                "A log of positives: lines of user TAB item TAB category TAB unix seconds, or JSON",
                "lines as dien simulate writes them."
            })
    int interactions(
            @Option(names = "--input", required = true, paramLabel = "FILE") Path input,
            @Option(
                            names = "--test-pairs",
                            paramLabel = "FILE",
                            description = "A fixed test: user, position, positive, negative.")
                    Path testPairs,
            @Option(
                            names = "--titles",
                            paramLabel = "FILE",
                            description = {
                                "What items are called: lines of item TAB title. They come into the data",
                                "set, for dien explain."
                            })
                    Path titles,
            @Mixin PrepareMixin common)
            throws IOException {
        return common.interactions(new InteractionTable(input, titles), testPairs);
    }

    @Command(
            name = "amazon",
            mixinStandardHelpOptions = true,
            description = "Amazon product reviews (5-core) with their meta file, JSON lines.")
    int amazon(
            @Option(names = "--reviews", required = true, paramLabel = "FILE") Path reviews,
            @Option(names = "--meta", required = true, paramLabel = "FILE") Path meta,
            @Mixin PrepareMixin common)
            throws IOException {
        return common.interactions(new AmazonReviews(reviews, meta), null);
    }

    @Command(
            name = "movielens",
            mixinStandardHelpOptions = true,
            description = "The directory of MovieLens 100k or 1M as GroupLens ships it.")
    int movielens(
            @Option(names = "--input", required = true, paramLabel = "DIR") Path input,
            @Mixin PrepareMixin common)
            throws IOException {
        return common.interactions(new MovieLens(input), null);
    }

    @Command(
            name = "taobao",
            mixinStandardHelpOptions = true,
            description = "Taobao's UserBehavior.csv.")
    int taobao(
            @Option(names = "--input", required = true, paramLabel = "FILE") Path input,
            @Option(
                            names = "--types",
                            split = ",",
                            defaultValue = "pv,cart,fav,buy",
                            description = "Behaviors that are taken. Default: ${DEFAULT-VALUE}.")
                    Set<String> types,
            @Mixin PrepareMixin common)
            throws IOException {
        TaobaoLog log;
        try {
            log = new TaobaoLog(input, types);
        } catch (IllegalArgumentException e) {
            throw common.wrong("--types: " + e.getMessage());
        }
        return common.interactions(log, null);
    }

    @Command(
            name = "mind",
            mixinStandardHelpOptions = true,
            description = "MIND's behaviors.tsv and news.tsv: real impressions, clicked or not.")
    int mind(
            @Option(names = "--behaviors", required = true, paramLabel = "FILE") Path behaviors,
            @Option(names = "--news", required = true, paramLabel = "FILE") Path news,
            @Mixin PrepareMixin common)
            throws IOException {
        return common.mind(behaviors, news);
    }

    @Command(
            name = "impressions",
            mixinStandardHelpOptions = true,
            description = {
                "Our own logs: behaviors, ad requests, and which candidates were clicked (JSON lines",
                "of request_id and clicked, a list of 0 and 1), as dien simulate --output writes them."
            })
    int impressions(
            @Option(names = "--behaviors", required = true, paramLabel = "FILE") Path behaviors,
            @Option(names = "--requests", required = true, paramLabel = "FILE") Path requests,
            @Option(names = "--labels", required = true, paramLabel = "FILE") Path labels,
            @Mixin PrepareMixin common)
            throws IOException {
        return common.impressions(behaviors, requests, labels);
    }
}
