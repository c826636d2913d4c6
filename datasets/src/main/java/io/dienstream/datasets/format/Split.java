package io.dienstream.datasets.format;

import java.util.Locale;

/** The disjoint parts of a data set. */
public enum Split {
    /** What the parameters are fitted on. */
    TRAIN,
    /** What early stopping and every other choice looks at. */
    VALIDATION,
    /** What is reported, and looked at for nothing else. */
    TEST;

    /** The name in files and in the manifest. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
