/**
 * JSON as the admin plane speaks it, the same at both ends: objects with known keys, bounded in
 * size and depth. Nothing else knows the library. Everything here is confined to one thread.
 */
package io.dsa.protocol.json;
