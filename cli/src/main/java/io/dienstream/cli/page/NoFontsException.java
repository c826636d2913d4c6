package io.dienstream.cli.page;

import java.io.IOException;

/** This machine's Java has nothing to write letters with, so that it draws no pictures. */
public final class NoFontsException extends IOException {
    private static final long serialVersionUID = 1;

    NoFontsException(Throwable cause) {
        super(
                "cannot draw pictures: this machine's Java finds no fonts (install fontconfig and a font package): "
                        + cause,
                cause);
    }
}
