/**
 * What soft-roce-ci/bench makes of its measurements: a table, ratios and a chart. Everything is
 * immutable or confined to one thread.
 */
package io.dsa.lab.bench;
