/** Takes users out of files that were written: logs, lists, data sets. */
package io.dienstream.datasets.erase;
