package io.dsa.verbs.darpc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;

/**
 * A HashMap that the threads of DiSNI may share. DiSNI reads and writes plain HashMaps from its
 * event thread and from its users' threads without a common lock; it declares them by class, so
 * they can be replaced only by a subclass. Covers the methods that DiSNI uses.
 */
@SuppressWarnings("serial") // never serialized
final class SynchronizedMap<K, V> extends HashMap<K, V> {
  @Override
  public synchronized boolean containsKey(Object key) {
    return super.containsKey(key);
  }

  @Override
  public synchronized V get(Object key) {
    return super.get(key);
  }

  @Override
  public synchronized V put(K key, V value) {
    return super.put(key, value);
  }

  @Override
  public synchronized V remove(Object key) {
    return super.remove(key);
  }

  @Override
  public synchronized int size() {
    return super.size();
  }

  /** A copy, so that it can be walked while others change the map. */
  @Override
  public synchronized Collection<V> values() {
    return new ArrayList<>(super.values());
  }
}
