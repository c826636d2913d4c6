/**
 * What the label join costs: the learning job in this process, fed from memory, with state in
 * RocksDB.
 */
package io.dienstream.bench.join;
