package io.dsa.lab.crash;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.protocol.OpenMode;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** Reads volumes by RDMA, as any client does. */
final class ClientContents implements Contents, AutoCloseable {
  private static final Duration READ = Duration.ofSeconds(30);
  private static final long BUFFER_BYTES = 2L << 20;

  private final DsaClient client;
  private final RegisteredBuffer buffer;
  private Volume open;
  private IoQueue queue;
  private IoStatus status;

  /** Reads through {@code client}, which the caller closes afterwards. */
  ClientContents(DsaClient client) {
    this.client = client;
    this.buffer = client.allocate(BUFFER_BYTES);
  }

  @Override
  public List<ExpectedVolume.Shape> volumes() {
    return client.volumes().stream()
        .map(volume -> new ExpectedVolume.Shape(volume.name(), volume.bytes()))
        .toList();
  }

  @Override
  public void read(String volume, long offset, MemorySegment target) {
    if (open == null || !open.name().equals(volume)) {
      closeVolume();
      open = client.open(volume, OpenMode.READ_ONLY);
      queue = open.openQueue(1);
    }
    status = queue.read(offset, buffer, 0, (int) target.byteSize(), 0);
    if (status == IoStatus.OK && queue.await((token, ended) -> status = ended, READ) == 0) {
      throw new IllegalStateException("a READ of volume " + volume + " did not end in " + READ);
    }
    if (status != IoStatus.OK) {
      throw new IllegalStateException("a READ of volume " + volume + " ended as " + status);
    }
    target.copyFrom(buffer.memory().asSlice(0, target.byteSize()));
  }

  private void closeVolume() {
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closeVolume();
    buffer.close();
  }
}
