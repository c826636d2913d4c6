package io.dienstream.cli.terminal;

/**
 * Text from outside (ids of records, file names, messages of a broker) as it may be shown to
 * people. A terminal obeys control characters, and an override of the writing direction makes a
 * line read as another one, so what cannot be seen is written as its code: an escape character as
 * {@code \}{@code u001b}. In a JSON text such a code means the character itself, so JSON stays the
 * same JSON.
 */
public final class Printable {
    private Printable() {}

    /** As part of a line: line ends and tabs are written as codes too. */
    public static String of(Object text) {
        return escape(String.valueOf(text), false);
    }

    /** As lines: line feeds and tabs stay what they are. */
    public static String lines(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean lines) {
        if (text.codePoints().noneMatch(c -> isHidden(c) && !(lines && isLayout(c)))) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints()
                .forEach(
                        c -> {
                            if (isHidden(c) && !(lines && isLayout(c))) {
                                appendCode(c, shown);
                            } else {
                                shown.appendCodePoint(c);
                            }
                        });
        return shown.toString();
    }

    /** A line feed or a tab. */
    private static boolean isLayout(int codePoint) {
        return codePoint == '\n' || codePoint == '\t';
    }

    /**
     * Whether a character is not seen but obeyed: controls (C0, DEL, C1), format characters (among
     * them all that change the writing direction), separators of lines and paragraphs, and half a
     * pair of surrogates, which is no character.
     */
    private static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            default -> false;
        };
    }

    private static void appendCode(int codePoint, StringBuilder to) {
        for (char unit : Character.toChars(codePoint)) {
            to.append("\\u%04x".formatted((int) unit));
        }
    }
}
