package io.dienstream.datasets.format;

import java.util.Map;

/**
 * An ad that negatives may be drawn from.
 *
 * @param fields ad fields by name
 * @param count how often it was acted upon
 */
public record CatalogEntry(Map<String, String> fields, long count) {}
