package io.dsa.sal;

import io.dsa.sal.Finding.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What can be found out about the pool on a device without changing anything on it, in whatever
 * state it is. Finds everything that docs/pool-format.md does not allow in the headers, the rest of
 * their pages, and the payloads. Not looked at is what has no meaning: the bytes behind a payload,
 * which are left from longer ones, those between the payloads and the data, and the data itself.
 *
 * @param uri of the device
 * @param deviceCapacity in bytes
 * @param contents what opening the pool would find; empty if it would be refused
 * @param slots what can be read of each metadata slot; none if there is no pool
 * @param findings the worst first
 */
public record PoolInspection(
    String uri,
    long deviceCapacity,
    Optional<PoolContents> contents,
    List<SlotContents> slots,
    List<Finding> findings) {
  public PoolInspection {
    slots = List.copyOf(slots);
    findings = findings.stream().sorted((a, b) -> b.severity().compareTo(a.severity())).toList();
  }

  /**
   * Looks at {@code device}, of which it only reads.
   *
   * @throws StorageException with category IO if it cannot be read
   */
  public static PoolInspection of(Device device) {
    return new Inspector(device).inspect();
  }

  /** Says whether nothing is wrong: there may be notes. */
  public boolean isSound() {
    return findings.stream().allMatch(finding -> finding.severity() == Severity.NOTE);
  }

  private static final class Inspector {
    private final Device device;
    private final List<Finding> findings = new ArrayList<>();
    private Optional<PoolContents> contents = Optional.empty();

    Inspector(Device device) {
      this.device = device;
    }

    PoolInspection inspect() {
      boolean isPool = readContents();
      List<SlotInspection> slots = new ArrayList<>();
      if (isPool) {
        for (int slot = 0; slot < PoolLayout.SLOTS; slot++) {
          slots.add(new SlotInspection(device, slot));
        }
        slots.forEach(this::reportProblems);
        slots.forEach(this::reportSize);
        compare(slots.get(0), slots.get(1));
        reportHalfMade();
      }
      return new PoolInspection(
          device.uri(),
          device.capacity(),
          contents,
          slots.stream().map(SlotInspection::contents).toList(),
          findings);
    }

    /** Does what opening does, so that both always agree. Returns whether there is any pool. */
    private boolean readContents() {
      try {
        contents = Optional.of(PoolContents.read(device));
        return true;
      } catch (StorageException e) {
        String meaning =
            switch (e.category()) {
              case NO_POOL -> "there is nothing to serve";
              case TOO_NEW -> "use that DSA; this one cannot tell whether the pool is sound";
              case CORRUPT ->
                  "the pool cannot be opened; the data is where it was: copy the whole device before"
                      + " you try anything, and format it only if you have the data elsewhere";
              default -> throw e;
            };
        findings.add(Finding.of(Severity.LOSS, e.getMessage(), meaning));
        return e.category() != StorageException.Category.NO_POOL;
      }
    }

    private void reportProblems(SlotInspection slot) {
      boolean usable = contents.isPresent();
      for (SlotInspection.Problem problem : slot.problems()) {
        findings.add(
            Finding.at(
                slot.slot(),
                problem.offset(),
                usable ? Severity.DAMAGE : Severity.LOSS,
                problem.what(),
                usable
                    ? "nothing is lost: the other slot has the whole pool, and the next server on"
                        + " this device writes this one anew"
                    : "this slot cannot be used"));
      }
      for (SlotInspection.Problem stray : slot.strayBytes()) {
        findings.add(
            Finding.at(
                slot.slot(),
                stray.offset(),
                Severity.DAMAGE,
                stray.what(),
                "nothing is lost: DSA keeps nothing there, but something else wrote to the device;"
                    + " the next change clears them"));
      }
    }

    private void reportSize(SlotInspection slot) {
      if (!(slot.reading() instanceof SlotHeader.Reading.Header(SlotHeader header))) {
        return;
      }
      long formatted = header.layout().capacity();
      long difference = device.capacity() - formatted;
      if (difference != 0) {
        findings.add(
            Finding.at(
                slot.slot(),
                PoolLayout.headerOffset(slot.slot()) + 40,
                Severity.LOSS,
                "the device had " + formatted + " bytes and has " + device.capacity(),
                MetadataSlots.remedy(formatted, device.capacity())));
      }
      for (Volume volume : slot.contents().volumes()) {
        long missing =
            volume.extents().stream()
                .mapToLong(e -> Math.min(e.length(), Math.max(0, e.end() - device.capacity())))
                .sum();
        if (missing > 0) {
          findings.add(
              Finding.at(
                  slot.slot(),
                  device.capacity(),
                  Severity.LOSS,
                  "volume '"
                      + Text.printable(volume.name())
                      + "' has "
                      + missing
                      + " bytes of its space beyond the end of the device",
                  "they are lost unless the device comes back whole"));
        }
      }
    }

    private void compare(SlotInspection first, SlotInspection second) {
      if (!first.isWhole()
          || !second.isWhole()
          || !(first.reading() instanceof SlotHeader.Reading.Header(SlotHeader a))
          || !(second.reading() instanceof SlotHeader.Reading.Header(SlotHeader b))) {
        return;
      }
      if (!a.poolId().equals(b.poolId())) {
        report(
            Severity.LOSS,
            "slot 0 is of pool " + a.poolId() + " and slot 1 of pool " + b.poolId(),
            "nobody can tell which of them the data is of");
      } else if (a.generation() == b.generation()) {
        int differs = Arrays.mismatch(first.payload(), second.payload());
        if (differs >= 0) {
          report(
              Severity.LOSS,
              "both slots are of generation "
                  + a.generation()
                  + " and their payloads differ from byte "
                  + differs
                  + " on",
              "nobody can tell which of them the data is of");
        }
      } else if (Math.abs(a.generation() - b.generation()) == 1) {
        report(
            Severity.NOTE,
            "slot 0 is of generation " + a.generation() + " and slot 1 of " + b.generation(),
            "a change was interrupted; the newer one is in force, and the next server on this device"
                + " writes the other anew");
      } else {
        report(
            Severity.DAMAGE,
            "slot 0 is of generation " + a.generation() + " and slot 1 of " + b.generation(),
            "no crash leaves more than one change between them: a slot was brought back from a"
                + " copy, or missed changes; the newer one is in force");
      }
    }

    private void reportHalfMade() {
      contents.stream()
          .flatMap(pool -> pool.volumes().stream())
          .filter(volume -> volume.state() == VolumeState.CREATING)
          .forEach(volume ->
              report(
                  Severity.NOTE,
                  "volume '" + volume.name() + "' is half made",
                  "its server stopped while it was zeroed; nobody has written to it, and the next"
                      + " server on this device discards it"));
    }

    private void report(Severity severity, String what, String meaning) {
      findings.add(Finding.of(severity, what, meaning));
    }
  }
}
