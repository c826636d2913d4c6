/** What commands print, made safe for the terminal that shows it. */
package io.dienstream.cli.terminal;
