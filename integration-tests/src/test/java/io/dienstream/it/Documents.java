package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository's own text files, and what a Markdown file holds, for the tests of documents. */
final class Documents {
    /** Relative, so that paths in messages can be clicked. */
    static final Path ROOT = Path.of("..");

    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".mvn", "node_modules");

    /** Records what was said when a schema was released, and never changes. */
    private static final Path RELEASED = ROOT.resolve("schemas/src/main/resources/released");

    private static final Pattern FENCE = Pattern.compile("(?ms)^ {0,3}```.*?^ {0,3}```\\s*?$");
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
    private static final Pattern ID = Pattern.compile("<a id=\"([^\"]+)\"></a>");

    private Documents() {}

    /**
     * A document that is made from the code holds {@code text}; {@code -Ddien.docs.write=true}
     * writes it.
     */
    static void assertCurrent(String document, String text) throws IOException {
        Path file = ROOT.resolve(document);
        if (Boolean.getBoolean("dien.docs.write")) {
            Files.writeString(file, text);
        }
        assertThat(file).hasContent(text);
    }

    /**
     * Whether this build runs with the release of Flink that the pages name, which is that of the
     * pom; another is tried with {@code -Dflink.version}.
     */
    static boolean areOfThisFlink() throws IOException {
        Matcher version =
                Pattern.compile("<flink.version>([^<]+)</flink.version>")
                        .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return System.getProperty("java.class.path")
                .contains("flink-runtime-" + version.group(1) + ".jar");
    }

    /** In a cell of a table. */
    static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
    }

    /** The documents that a text names as links, for a page in docs/reference. */
    static String linked(String text) {
        return text.replaceAll("docs/([\\w/.-]+\\.md)", "[docs/$1](../$1)");
    }

    static boolean isMarkdown(Path file) {
        return file.toString().endsWith(".md");
    }

    /** Raw notes of a day, which are not kept current. */
    static boolean isLab(Path file) {
        return file.startsWith(ROOT.resolve("docs/lab"));
    }

    /** Every file below the root that {@code wanted} wants, build outputs left out. */
    static List<Path> files(Predicate<Path> wanted) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                ROOT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
                        return NOT_OURS.contains(dir.getFileName().toString())
                                        || dir.equals(RELEASED)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                        if (a.isRegularFile() && wanted.test(file)) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        files.sort(null);
        return files;
    }

    static List<Path> markdown() throws IOException {
        return files(Documents::isMarkdown);
    }

    /** Empty for a file that is no text. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without fenced blocks. */
    static String withoutBlocks(String markdown) {
        return FENCE.matcher(markdown).replaceAll("");
    }

    /** Without fenced blocks and code spans: what a reader takes for prose. */
    static String prose(String markdown) {
        return CODE.matcher(withoutBlocks(markdown)).replaceAll("");
    }

    /** What may stand behind {@code #} in a link to this file, as GitHub makes it of headings. */
    static Set<String> anchors(String markdown) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        Matcher heading = HEADING.matcher(withoutBlocks(markdown));
        while (heading.find()) {
            String anchor = anchor(heading.group(1));
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        Matcher id = ID.matcher(markdown);
        while (id.find()) {
            anchors.add(id.group(1));
        }
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
