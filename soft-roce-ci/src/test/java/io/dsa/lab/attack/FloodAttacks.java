package io.dsa.lab.attack;

import io.dsa.protocol.ConnectData;
import io.dsa.protocol.QueueToken;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.ConnectException;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Connections, as many and as fast as one host can make them. */
final class FloodAttacks implements Family {
  private static final int THREADS = 8;
  private static final int DEPTH = 1;

  private final AttackedServer server;
  private final Progress bystander;

  /** All of them complete nothing. */
  private final CompletionQueue completions;

  FloodAttacks(AttackedServer server, Progress bystander) {
    this.server = server;
    this.bystander = bystander;
    completions = server.device().createCompletionQueue(DEPTH);
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("connections that say nothing", this::halfOpen),
        new Attack(
            "a storm of control connections",
            tally -> storm(tally, server.control(), () -> new byte[0])),
        new Attack(
            "a storm of data connections",
            tally ->
                storm(tally, server.data(), () -> new ConnectData(QueueToken.random()).encode())),
        new Attack("storms of both, and of half-open ones, in C", this::stormInC));
  }

  private QueuePair connect(InetSocketAddress to, byte[] data, Runnable onLost)
      throws InterruptedException {
    return server
        .connections()
        .connect(
            to,
            new QueuePairOptions(server.domain(), completions, DEPTH, 1),
            data,
            AttackedServer.SOON,
            onLost);
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private static void inThreads(Work work) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .name("flood-" + i)
              .start(() -> {
                try {
                  work.run();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** They hold on for as long as they are let; another host has to get in meanwhile. */
  private void halfOpen(Tally tally) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(server.times(500, 200));
    AtomicInteger standing = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ConcurrentLinkedQueue<QueuePair> all = new ConcurrentLinkedQueue<>();
    long letIn = bystander.get(Progress.Counter.LET_IN);
    long shutOut = bystander.get(Progress.Counter.SHUT_OUT);
    bystander.add(Progress.Counter.WANTED, 5);
    try {
      inThreads(() -> {
        while (left.getAndDecrement() > 0) {
          try {
            all.add(connect(server.control(), new byte[0], standing::decrementAndGet));
            int now = standing.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
          } catch (ConnectException e) {
            String message = e.getMessage();
            tally.refused(message.substring(message.lastIndexOf(": ") + 2));
          }
        }
      });
      long deadline = System.nanoTime() + AttackedServer.SOON.toNanos();
      while (standing.get() > 0 && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
      for (int i = 0; i < all.size() - standing.get(); i++) {
        tally.refused("ended by the server");
      }
      for (int i = 0; i < standing.get(); i++) {
        tally.breach("a connection that says nothing is kept");
      }
      tally.note(most.get() + " stood at a time");
    } finally {
      CloseAll.of(all);
    }
    newcomers(tally, letIn, shutOut, 5);
  }

  private void newcomers(Tally tally, long letIn, long shutOut, int wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + 5 * AttackedServer.SOON.toNanos();
    long in;
    long out;
    do {
      Thread.sleep(20);
      in = bystander.get(Progress.Counter.LET_IN) - letIn;
      out = bystander.get(Progress.Counter.SHUT_OUT) - shutOut;
    } while (in + out < wanted && System.nanoTime() < deadline);
    tally.note("sessions that another host began meanwhile: " + in + " of " + wanted);
    if (in == 0) {
      tally.breach("other hosts are locked out");
    }
  }

  private void storm(Tally tally, InetSocketAddress to, Supplier<byte[]> data)
      throws InterruptedException {
    long nanos = TimeUnit.MILLISECONDS.toNanos(server.times(30_000, 2_500));
    long end = System.nanoTime() + nanos;
    int wanted = 3;
    long letIn = bystander.get(Progress.Counter.LET_IN);
    long shutOut = bystander.get(Progress.Counter.SHUT_OUT);
    bystander.add(Progress.Counter.WANTED, wanted);
    inThreads(() -> {
      while (System.nanoTime() < end) {
        try {
          connect(to, data.get(), () -> {}).close();
          if (to.equals(server.data())) {
            tally.breach("connected without a token");
          } else {
            tally.refused("connected, and left at once");
          }
        } catch (ConnectException e) {
          String message = e.getMessage();
          tally.refused(message.substring(message.lastIndexOf(": ") + 2));
        }
      }
    });
    tally.note(Math.round(tally.tries() * 1e9 / nanos) + " each second");
    newcomers(tally, letIn, shutOut, wanted);
  }

  /**
   * Without a queue pair, which takes an attacker's time too, and without the last message of the
   * handshake, which leaves the server to wait for it.
   */
  private void stormInC(Tally tally) throws IOException, InterruptedException {
    int seconds = server.times(30, 3);
    int wanted = 3;
    long letIn = bystander.get(Progress.Counter.LET_IN);
    long shutOut = bystander.get(Progress.Counter.SHUT_OUT);
    bystander.add(Progress.Counter.WANTED, wanted);
    List<Process> storms = new ArrayList<>();
    try {
      storms.add(VerbsAttacker.storm(server.data(), "tokens", THREADS / 4, seconds));
      storms.add(VerbsAttacker.storm(server.control(), "leave", THREADS / 4, seconds));
      storms.add(VerbsAttacker.storm(server.control(), "hold", THREADS / 4, seconds));
      count(tally, VerbsAttacker.answers(storms.getFirst()), true);
      for (Process control : storms.subList(1, storms.size())) {
        count(tally, VerbsAttacker.answers(control), false);
      }
    } finally {
      storms.forEach(Process::destroyForcibly);
    }
    tally.note(tally.tries() / seconds + " refused each second");
    newcomers(tally, letIn, shutOut, wanted);
  }

  private static void count(Tally tally, Map<String, Integer> answers, boolean byToken) {
    answers.forEach((answer, times) -> {
      if (answer.startsWith(VerbsAttacker.REFUSED)) {
        for (int i = 0; i < times; i++) {
          tally.refused(answer);
        }
      } else if (byToken && answer.startsWith("accepted")) {
        tally.breach(answer + " without a token, x " + times);
      } else {
        tally.note(answer + " x " + times);
      }
    });
  }

  @Override
  public void close() {
    completions.close();
  }
}
