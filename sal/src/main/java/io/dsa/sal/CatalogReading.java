package io.dsa.sal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a payload says, as far as it can be read, and every rule of docs/pool-format.md that it
 * breaks. Without problems it is a catalog; with some it tells people what there was.
 *
 * @param poolName the pool's name, in which what cannot be read is replaced
 * @param declared how many volumes it says that there are
 * @param volumes those that can be read, in their order, whatever is wrong with them
 * @param problems in the order in which they were found
 */
record CatalogReading(String poolName, int declared, List<Volume> volumes, List<Problem> problems) {
  /**
   * A rule that is broken.
   *
   * @param offset in the payload, in bytes
   */
  record Problem(int offset, String what) {}

  static CatalogReading of(ByteBuffer payload, PoolLayout layout) {
    return new Reader(payload, layout).read();
  }

  private static final class Reader {
    private final ByteBuffer in;
    private final PoolLayout layout;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Volume> volumes = new ArrayList<>();
    private final List<Taken> taken = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<UUID> ids = new HashSet<>();
    private String lastName = "";

    /** Space of a volume, and where the payload says so. */
    private record Taken(Extent extent, String volume, int offset) {}

    Reader(ByteBuffer payload, PoolLayout layout) {
      this.in = payload.slice().order(ByteOrder.BIG_ENDIAN);
      this.layout = layout;
    }

    CatalogReading read() {
      String poolName = "";
      int declared = 0;
      try {
        String name = text("the pool's name");
        poolName = name;
        checkName(0, () -> VolumeNames.checkText("pool name", name));
        int at = in.position();
        declared = in.getInt();
        if (declared < 0) {
          problem(at, "a number of volumes of " + declared);
        }
        for (int i = 0; i < declared; i++) {
          volume();
        }
        if (in.hasRemaining() && declared >= 0) {
          problem(in.position(), in.remaining() + " bytes after the last volume");
        }
      } catch (BufferUnderflowException e) {
        problem(
            in.position(), "it ends in the middle of volume " + volumes.size() + " of " + declared);
      }
      findSharedSpace();
      return new CatalogReading(poolName, declared, List.copyOf(volumes), List.copyOf(problems));
    }

    private void volume() {
      int at = in.position();
      UUID id = new UUID(in.getLong(), in.getLong());
      long bytes = in.getLong();
      int state = in.get();
      String name = text("the name of volume " + id);
      checkName(at, () -> VolumeNames.check(name));
      String named = "volume '" + Text.printable(name) + "'";
      if (!names.add(name)) {
        problem(at, named + " is there twice");
      } else if (name.compareTo(lastName) < 0) {
        problem(at, named + " is not in the order of names");
      }
      lastName = name;
      if (!ids.add(id)) {
        problem(at, named + " has the id of another, " + id);
      }
      if (state != Catalog.STATE_CREATING && state != Catalog.STATE_READY) {
        problem(at + 24, named + " has the state " + state);
      }
      List<Extent> extents = extents(named);
      long allocated = extents.stream().mapToLong(Extent::length).sum();
      if (bytes < 1 || bytes > allocated || allocated - bytes >= PoolLayout.UNIT) {
        problem(at + 16, named + " has " + bytes + " bytes in " + allocated + " bytes of space");
      }
      volumes.add(
          new Volume(
              id,
              name,
              bytes,
              extents,
              state == Catalog.STATE_CREATING ? VolumeState.CREATING : VolumeState.READY));
    }

    private List<Extent> extents(String volume) {
      int at = in.position();
      int count = in.getInt();
      if (count < 1 || count > in.remaining() / (2 * Long.BYTES)) {
        problem(at, volume + " has a number of extents of " + count);
        if (count != 0) {
          throw new BufferUnderflowException(); // nobody knows where the next volume begins
        }
      }
      List<Extent> extents = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        at = in.position();
        long offset = in.getLong();
        long length = in.getLong();
        if (layout.isSpace(offset, length)) {
          Extent extent = new Extent(offset, length);
          extents.add(extent);
          taken.add(new Taken(extent, volume, at));
        } else {
          problem(
              at,
              volume + " has space outside of the pool: " + length + " bytes at offset " + offset);
        }
      }
      return extents;
    }

    private void findSharedSpace() {
      taken.sort(Comparator.comparingLong(t -> t.extent().poolOffset()));
      Taken last = null;
      for (Taken next : taken) {
        if (last != null && next.extent().poolOffset() < last.extent().end()) {
          problem(
              next.offset(),
              next.volume()
                  + " shares the space at offset "
                  + next.extent().poolOffset()
                  + " with "
                  + (next.volume().equals(last.volume()) ? "itself" : last.volume()));
        }
        if (last == null || next.extent().end() > last.extent().end()) {
          last = next;
        }
      }
    }

    private String text(String what) {
      int at = in.position();
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] utf8 = new byte[length];
      in.get(utf8);
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      } catch (CharacterCodingException e) {
        problem(at, what + " is no UTF-8");
        return new String(utf8, StandardCharsets.UTF_8);
      }
    }

    private void checkName(int at, Runnable check) {
      try {
        check.run();
      } catch (StorageException e) {
        problem(at, e.getMessage());
      }
    }

    private void problem(int offset, String what) {
      problems.add(new Problem(offset, what));
    }
  }
}
