package io.dienstream.it;

import java.util.Arrays;
import java.util.Map;

/** A command line of a test, in which words stand for places. */
final class CommandWords {
    private CommandWords() {}

    /**
     * @param places what words stand for, by themselves, before a slash or behind an equals sign
     */
    static String[] of(String command, Map<String, String> places) {
        return Arrays.stream(command.strip().split(" +"))
                .map(word -> word(word, places))
                .toArray(String[]::new);
    }

    private static String word(String word, Map<String, String> places) {
        int begin = word.startsWith("--") ? word.indexOf('=') + 1 : 0;
        String first = word.substring(begin).split("/")[0];
        String place = places.get(first);
        return place == null
                ? word
                : word.substring(0, begin) + place + word.substring(begin + first.length());
    }
}
