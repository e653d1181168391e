package io.dsa.lab.attack;

import io.dsa.client.ClientOptions;
import io.dsa.client.Credentials;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.protocol.OpenMode;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * The well-behaved client, in a process and on a host of its own: writes blocks, makes some of them
 * durable, and reads others back, each of which has to be what it wrote last. When it is told to
 * end, it reads them all. It also tries, when asked, whether a new session is let in.
 */
public final class Bystander {
  /** Its name, its volume's and the server's of its session. */
  static final String NAME = "bystander";

  private static final int BLOCK = 4096;
  private static final int BLOCKS = 512;
  private static final int FLUSH_EVERY = 64;

  private final Volume volume;
  private final Progress progress;
  private final long[] generations = new long[BLOCKS];
  private final byte[] block = new byte[BLOCK];
  private final Random random = new Random(7);

  private Bystander(Volume volume, Progress progress) {
    this.volume = volume;
    this.progress = progress;
  }

  /** The server's address and port, and the file of the progress. */
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    Progress progress = Progress.in(Path.of(arguments[2]));
    try {
      ClientOptions options = AttackedServer.options(register()).withName(NAME);
      Thread.ofPlatform()
          .daemon()
          .name("newcomer")
          .start(() -> tryDoors(server, options, progress));
      try (DsaClient client = DsaClient.connect(server, options);
          Volume volume = client.open(NAME, OpenMode.READ_WRITE)) {
        new Bystander(volume, progress).run();
      }
      progress.become(Progress.State.SOUND);
    } catch (Throwable e) {
      System.err.println("bystander: FAILED: " + e);
      progress.become(Progress.State.BROKEN);
      System.exit(1);
    }
  }

  private static Credentials register() {
    try (DsaAdmin admin = AttackedServer.adminFromEnvironment()) {
      var _ = admin.createVolume(NAME, (long) BLOCKS * BLOCK);
      return AttackedServer.writer(admin, NAME, NAME);
    }
  }

  private void run() {
    for (int i = 0; i < BLOCKS; i++) {
      write(i);
    }
    progress.become(Progress.State.RUNNING);
    for (long i = 1; progress.get(Progress.Counter.STOP) == 0; i++) {
      write(random.nextInt(BLOCKS));
      check(random.nextInt(BLOCKS));
      if (i % FLUSH_EVERY == 0) {
        volume.flush();
      }
      progress.add(Progress.Counter.REQUESTS, 2);
    }
    for (int i = 0; i < BLOCKS; i++) {
      check(i);
    }
  }

  private void write(int index) {
    generations[index]++;
    volume.write((long) index * BLOCK, contents(index));
  }

  private void check(int index) {
    volume.read((long) index * BLOCK, block);
    if (!Arrays.equals(block, contents(index))) {
      throw new IllegalStateException(
          "block " + index + " is not what was written in generation " + generations[index]);
    }
  }

  private byte[] contents(int index) {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
    long value = generations[index] * BLOCKS + index;
    while (bytes.hasRemaining()) {
      bytes.putLong(value);
      value = value * 6364136223846793005L + 1442695040888963407L;
    }
    return bytes.array();
  }

  /** Begins a session as often as is wanted. */
  private static void tryDoors(InetSocketAddress server, ClientOptions options, Progress progress) {
    while (true) {
      long tried = progress.get(Progress.Counter.LET_IN) + progress.get(Progress.Counter.SHUT_OUT);
      if (tried < progress.get(Progress.Counter.WANTED)) {
        progress.add(letsIn(server, options), 1);
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static Progress.Counter letsIn(InetSocketAddress server, ClientOptions options) {
    try (DsaClient client = DsaClient.connect(server, options.withName("newcomer"))) {
      var _ = client.volumes();
      return Progress.Counter.LET_IN;
    } catch (DsaException e) {
      System.err.println("bystander: a new session is shut out: " + e.getMessage());
      return Progress.Counter.SHUT_OUT;
    }
  }
}
