package io.dsa.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;

/** stdout, which keeps what went wrong: the JDK's own is silent about what it cannot write. */
final class StandardOutput extends OutputStream {
  private static final int BUFFER = 8192;

  private final OutputStream file = new FileOutputStream(FileDescriptor.out);
  private IOException failure;

  /** Takes the place of {@link System#out}. */
  static StandardOutput install() {
    StandardOutput output = new StandardOutput();
    PrintStream before = System.out;
    System.setOut(
        new PrintStream(new BufferedOutputStream(output, BUFFER), true, before.charset()));
    return output;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      file.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /** Brings out what is left and returns what went wrong first, now or before. */
  Optional<IOException> finish() {
    System.out.flush();
    synchronized (this) {
      return Optional.ofNullable(failure);
    }
  }
}
