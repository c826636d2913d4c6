package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between documents lead somewhere, and so do the paths that documents and code name. */
class DocumentLinksTest {
    /** {@code [text](target)} and {@code ![text](target)}. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");

    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    /** A document or picture that a comment, message or manifest names. */
    private static final Pattern DOCUMENT =
            Pattern.compile("(?<![\\w/.-])docs/[\\w./-]+\\.(?:md|png|svg)(?:#[\\w-]+)?");

    private static final Set<String> TEXT =
            Set.of("java", "yml", "yaml", "xml", "sh", "properties", "avsc", "py", "md", "tpl");

    @Test
    void relativeLinksAndAnchorsLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path file : Documents.markdown()) {
            Matcher link = LINK.matcher(Documents.prose(Documents.text(file)));
            while (link.find()) {
                if (!ELSEWHERE.matcher(link.group(1)).matches()) {
                    links++;
                    check(file, file.resolveSibling(path(link.group(1))), link.group(1), broken);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(150);
    }

    @Test
    void documentsThatAreNamedAnywhereExist() throws IOException {
        List<String> broken = new ArrayList<>();
        int names = 0;
        for (Path file : Documents.files(DocumentLinksTest::isText)) {
            Matcher name = DOCUMENT.matcher(Documents.text(file));
            while (name.find()) {
                names++;
                check(file, Documents.ROOT.resolve(path(name.group())), name.group(), broken);
            }
        }
        assertThat(broken).isEmpty();
        assertThat(names).isGreaterThan(60);
    }

    /** A module or folder that was renamed stays behind in prose and commands otherwise. */
    @Test
    void pathsOfTheRepositoryInDocumentsExist() throws IOException {
        Pattern path = repositoryPath();
        List<String> broken = new ArrayList<>();
        int paths = 0;
        for (Path file : Documents.markdown()) {
            if (Documents.isLab(file)) {
                continue;
            }
            // targets of links begin elsewhere, and are the other test's
            Matcher name = path.matcher(LINK.matcher(Documents.text(file)).replaceAll("]"));
            while (name.find()) {
                // what only a build makes, patterns for several files, and a unit of speed
                if (!name.group().matches(".*(/target|NAME|\\*).*|examples/s")) {
                    paths++;
                    if (!Files.exists(Documents.ROOT.resolve(name.group()))) {
                        broken.add(file + ": " + name.group());
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(paths).isGreaterThan(60);
    }

    /** Something below a folder at the root that holds files of ours. */
    private static Pattern repositoryPath() throws IOException {
        try (Stream<Path> top = Files.list(Documents.ROOT)) {
            String folders =
                    top.filter(Files::isDirectory)
                            .map(folder -> folder.getFileName().toString())
                            .filter(name -> !name.startsWith(".") && !name.equals("target"))
                            .map(Pattern::quote)
                            .collect(Collectors.joining("|"));
            return Pattern.compile("(?<![\\w/.:-])(?:" + folders + ")/[\\w./*-]*[\\w*/]");
        }
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        return TEXT.contains(name.substring(name.lastIndexOf('.') + 1))
                || name.equals("Dockerfile")
                || name.equals("dien");
    }

    private static String path(String link) {
        return link.replaceFirst("#.*", "");
    }

    private static void check(Path from, Path target, String link, List<String> broken) {
        Path file = link.startsWith("#") ? from : target;
        int hash = link.indexOf('#');
        if (!Files.exists(file)) {
            broken.add(from + ": " + link);
        } else if (hash >= 0
                && Documents.isMarkdown(file)
                && !Documents.anchors(Documents.text(file)).contains(link.substring(hash + 1))) {
            broken.add(from + ": " + link + " (no such heading)");
        }
    }
}
