package io.dienstream.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The commands that a module brings. The launcher finds providers by {@link
 * java.util.ServiceLoader}, so a class path without a module is a {@code dien} without its commands
 * and nothing else: an operator's image has no training in it.
 */
public interface CommandProvider {

    /** Picocli commands by what they are for, in the order in which help lists them. */
    Map<Purpose, List<Class<?>>> commands();

    /**
     * Exceptions whose message tells a user what to mend, so that it is all that is printed. Their
     * subclasses are meant too.
     */
    default Set<Class<? extends Exception>> mistakes() {
        return Set.of();
    }

    /** Of these, the ones that say that the command line is wrong: exit code 2, not 1. */
    default Set<Class<? extends Exception>> wrongUsage() {
        return Set.of();
    }
}
