package io.dsa.lab.attack;

import io.dsa.client.Credentials;
import io.dsa.client.DsaException;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.RdmaResources;
import io.dsa.verbs.RdmaDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Attacks a server that is at work, as {@code soft-roce-ci/attack} asks for it, and prints a table.
 * The status is 0 only if the server refused every attack and nothing was lost.
 */
public final class AttackMain {
  private static final long VOLUME_BYTES = 1 << 20;
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration SETTLING = Duration.ofSeconds(15);

  /** Held, since a logger that nobody holds forgets its level. */
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger("io.dsa"), Logger.getLogger("com.ibm"));

  private final AttackedServer server;
  private final Progress bystander;
  private final List<String> failures = new ArrayList<>();
  private final List<String> byDevice = new ArrayList<>();
  private double alone;

  private AttackMain(AttackedServer server, Progress bystander) {
    this.server = server;
    this.bystander = bystander;
  }

  /**
   * The server's address and port, the file of the bystander's progress, the server's log, quick.
   */
  public static void main(String[] arguments) throws Exception {
    // That connections break is what is looked for here, and no news.
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
    InetSocketAddress control = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    Progress bystander = Progress.in(Path.of(arguments[2]));
    boolean quick = arguments.length > 4 && arguments[4].equals("quick");
    List<String> failures = new ArrayList<>();
    try (DsaAdmin admin = AttackedServer.adminFromEnvironment()) {
      Credentials attacker = user(admin, "attacker");
      Credentials victim = user(admin, "victim");
      // What librdmacm keeps of a device that it has opened is no leak.
      RdmaDevice.toward(control, AttackedServer.SOON).close();
      awaitStart(bystander);
      RdmaResources before = RdmaResources.now();
      try (AttackedServer server = AttackedServer.of(control, quick)) {
        AttackMain main = new AttackMain(server, bystander);
        main.run(attacker, victim);
        failures.addAll(main.failures);
        main.byDevice.forEach(name ->
            System.out.println("attack: SoftRoCE lets through, see docs/security.md: " + name));
      }
      RdmaResources after = RdmaResources.within(SETTLING, before);
      check(failures, "RDMA resources before", before.counts().toString(), true);
      check(failures, "RDMA resources after", after.counts().toString(), after.equals(before));
    }
    bystander.add(Progress.Counter.STOP, 1);
    await(bystander);
    check(
        failures,
        "every byte of the well-behaved client",
        bystander.state() == Progress.State.SOUND ? "right" : "see above",
        bystander.state() == Progress.State.SOUND);
    long severe = severe(Path.of(arguments[3]));
    check(failures, "lines in the server's log that say SEVERE", "" + severe, severe == 0);
    if (!failures.isEmpty()) {
      failures.forEach(failure -> System.out.println("attack: FAILED: " + failure));
      System.exit(1);
    }
    System.out.println("attack: the server refused every attack, and nothing was lost");
  }

  private static Credentials user(DsaAdmin admin, String name) {
    var _ = admin.createVolume(name, VOLUME_BYTES);
    return AttackedServer.writer(admin, name, name);
  }

  private static void awaitStart(Progress bystander) throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (bystander.state() == Progress.State.STARTING && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
    if (bystander.state() != Progress.State.RUNNING) {
      throw new IllegalStateException("the well-behaved client does not run");
    }
  }

  private static void await(Progress bystander) throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (!bystander.isOver() && System.nanoTime() < deadline) {
      Thread.sleep(50);
    }
  }

  private static long severe(Path log) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines
          .filter(line -> line.contains(" SEVERE ") || line.startsWith("\tat "))
          .peek(line -> System.out.println("  " + line))
          .count();
    }
  }

  private static void check(List<String> failures, String what, String is, boolean held) {
    System.out.printf("%-52s %s%n", what, is);
    if (!held) {
      failures.add(what + ": " + is);
    }
  }

  private void run(Credentials attacker, Credentials victim) throws Exception {
    alone = rate(Duration.ofSeconds(server.times(10, 3)));
    List<Long> sessions = Sessions.of(server, Bystander.NAME);
    System.out.printf(
        "%-62s %6s %7s  %-8s %s%n", "attack", "tries", "client", "verdict", "answers");
    long begun = System.nanoTime();
    long requests = bystander.get(Progress.Counter.REQUESTS);
    // First of all: what it begins has to get old.
    try (Family revocations = new RevocationAttacks(server, attacker, "attacker")) {
      try (Family family = new HandshakeAttacks(server, attacker, "attacker")) {
        attack("handshake", family);
      }
      try (Family family = new ConnectionAttacks(server, attacker, "attacker", victim, "victim")) {
        attack("data queue", family);
      }
      try (Family family = new KeyAttacks(server, attacker, "attacker", victim, "victim")) {
        attack("memory", family);
      }
      attack("revoked", revocations);
    }
    try (Family family = new MessageAttacks(server, attacker, "attacker")) {
      attack("message", family);
    }
    try (VerbsSession session = new VerbsSession(server, attacker, "attacker", victim, "victim")) {
      attack("raw verbs", new SendAttacks(server, session));
      attack("raw verbs", new RequestAttacks(server, session));
    }
    try (Family family = new FloodAttacks(server, bystander)) {
      attack("flood", family);
    }
    double during =
        (bystander.get(Progress.Counter.REQUESTS) - requests) * 1e9 / (System.nanoTime() - begun);
    System.out.printf(
        "%-52s %.0f/s alone, %.0f/s during the attacks: %.2f of it%n",
        "requests of the well-behaved client", alone, during, during / alone);
    boolean same = sessions.equals(Sessions.of(server, Bystander.NAME));
    check(failures, "its session", same ? "the same one all the time" : "was lost", same);
    check(failures, "the server", serves() ? "serves" : "does not answer", serves());
  }

  private boolean serves() {
    try {
      return !server.admin().pools().pools().isEmpty();
    } catch (DsaException e) {
      return false;
    }
  }

  private double rate(Duration time) throws InterruptedException {
    long begun = System.nanoTime();
    long before = bystander.get(Progress.Counter.REQUESTS);
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
    return (bystander.get(Progress.Counter.REQUESTS) - before) * 1e9 / (System.nanoTime() - begun);
  }

  private void attack(String family, Family attacks) {
    for (Attack attack : attacks.attacks()) {
      Tally tally = new Tally();
      long begun = System.nanoTime();
      long before = bystander.get(Progress.Counter.REQUESTS);
      try {
        attack.attempt().run(tally);
      } catch (Exception | AssertionError e) {
        tally.breach("could not be tried: " + e);
      }
      double rate =
          (bystander.get(Progress.Counter.REQUESTS) - before) * 1e9 / (System.nanoTime() - begun);
      String name = family + ": " + attack.name();
      System.out.printf(
          Locale.ROOT,
          "%-62s %6d %7.2f  %-8s %s%n",
          name,
          tally.tries(),
          rate / alone,
          tally.verdict(),
          tally.answers());
      if (!tally.held()) {
        failures.add(name);
      }
      if (tally.verdict().equals(Tally.DEVICE)) {
        byDevice.add(name);
      }
    }
  }
}
