package io.dsa.client;

/** Places of a {@link RequestTable}, first in, first out; no place is in it twice. */
final class PlaceQueue {
  private final int[] places;
  private int first;
  private int size;

  PlaceQueue(int capacity) {
    places = new int[capacity];
  }

  int size() {
    return size;
  }

  void add(int place) {
    int at = first + size;
    places[at < places.length ? at : at - places.length] = place;
    size++;
  }

  /** The oldest one, or -1. */
  int poll() {
    if (size == 0) {
      return -1;
    }
    int place = places[first];
    first = first + 1 < places.length ? first + 1 : 0;
    size--;
    return place;
  }

  void clear() {
    first = 0;
    size = 0;
  }
}
