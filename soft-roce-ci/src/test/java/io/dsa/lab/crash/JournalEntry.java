package io.dsa.lab.crash;

/** A line of the journal. Names of volumes have no spaces in them. */
sealed interface JournalEntry {
  /** The record may be on the medium from now on. */
  record Issued(SlotRecord record) implements JournalEntry {
    @Override
    public String line() {
      return "issued " + text(record);
    }
  }

  /** The record's flush completed: it has to be there from now on. */
  record Flushed(SlotRecord record) implements JournalEntry {
    @Override
    public String line() {
      return "flushed " + text(record);
    }
  }

  /** The change may happen from now on. */
  record Began(Change change) implements JournalEntry {
    @Override
    public String line() {
      return switch (change) {
        case Change.Create c -> "create " + c.volume() + " " + c.name() + " " + c.bytes();
        case Change.Resize c -> "resize " + c.volume() + " " + c.bytes();
        case Change.Rename c -> "rename " + c.volume() + " " + c.name();
        case Change.Delete c -> "delete " + c.volume();
      };
    }
  }

  /**
   * The change that the volume was in has ended.
   *
   * @param applied whether it has happened; otherwise it was refused
   */
  record Ended(long volume, boolean applied) implements JournalEntry {
    @Override
    public String line() {
      return (applied ? "applied " : "refused ") + volume;
    }
  }

  /** A mark of this number was set in another record of events, to put the two in order. */
  record Marked(long number) implements JournalEntry {
    @Override
    public String line() {
      return "marked " + number;
    }
  }

  /** Returns it as one line of text, without the line's end. */
  String line();

  private static String text(SlotRecord record) {
    return record.volume() + " " + record.slot() + " " + record.sequence();
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is none
   */
  static JournalEntry parse(String line) {
    String[] words = line.split(" ", -1);
    try {
      // Or the number of a mark.
      long volume = Long.parseLong(words[1]);
      return switch (words[0]) {
        case "issued" -> new Issued(record(volume, words));
        case "flushed" -> new Flushed(record(volume, words));
        case "create" -> new Began(new Change.Create(volume, words[2], Long.parseLong(words[3])));
        case "resize" -> new Began(new Change.Resize(volume, Long.parseLong(words[2])));
        case "rename" -> new Began(new Change.Rename(volume, words[2]));
        case "delete" -> new Began(new Change.Delete(volume));
        case "applied" -> new Ended(volume, true);
        case "marked" -> new Marked(volume);
        case "refused" -> new Ended(volume, false);
        default -> throw new IllegalArgumentException("no line of a journal: " + line);
      };
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException("no line of a journal: " + line, e);
    }
  }

  private static SlotRecord record(long volume, String[] words) {
    return new SlotRecord(volume, Integer.parseInt(words[2]), Long.parseLong(words[3]));
  }
}
