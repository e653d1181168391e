package io.dsa.cli;

import io.dsa.client.ClientOptions;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa get}. */
@Command(
    name = "get",
    description =
        "Reads a volume into a file. A volume does not know how long the file was that was put on"
            + " it: name the length with --bytes, or get the whole volume.")
final class GetFileCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume to read.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The file to write; it is replaced when everything has arrived.")
  private Path file;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      converter = SizeArgument.class,
      description = "Read only that much from the beginning. Default: the whole volume.")
  private Long limit;

  @Mixin private ServerOption server;
  @Mixin private QueueDepthOption depth;
  @Mixin private OutputOption output;

  @Override
  public Integer call() throws IOException {
    TransferReport report;
    try (Download download = Download.to(file)) {
      report = server.connected(connector -> get(download, connector));
    }
    output.print(report::lines, report::document);
    return ExitCode.OK.status();
  }

  private TransferReport get(Download download, ServerOption.Connector connector)
      throws IOException {
    try (DsaClient client = connector.connect(ClientOptions.defaults());
        Volume volume = client.open(name, OpenMode.READ_ONLY)) {
      long bytes = limit == null ? volume.bytes() : limit;
      if (bytes > volume.bytes()) {
        throw new CliException(
            ExitCode.INVALID,
            "--bytes is "
                + bytes
                + ", but volume "
                + name
                + " has "
                + volume.bytes()
                + " bytes; ask for no more, or leave --bytes out");
      }
      try {
        return get(download, bytes, client, volume);
      } catch (CliException | DsaException e) {
        throw RevokedVolume.explained(e, volume);
      }
    }
  }

  private TransferReport get(Download download, long bytes, DsaClient client, Volume volume)
      throws IOException {
    long start = System.nanoTime();
    try (ProgressBar progress = new ProgressBar(spec, "get " + name, bytes);
        BlockRing ring = new BlockRing(server.text(), client, volume, depth.blocksFor(bytes))) {
      read(bytes, ring, download.channel(), progress);
      download.finish();
    }
    return new TransferReport(
        "get", name, file, bytes, System.nanoTime() - start, Optional.empty());
  }

  private void read(long bytes, BlockRing ring, WritableByteChannel sink, ProgressBar progress)
      throws IOException {
    long asked = 0;
    long arrived = 0;
    while (arrived < bytes) {
      while (asked < bytes && !ring.isFull()) {
        int length = (int) Math.min(BlockRing.BLOCK_BYTES, bytes - asked);
        ring.read(asked, length);
        asked += length;
      }
      ByteBuffer block = ring.oldest();
      arrived += block.remaining();
      write(block, sink);
      ring.release();
      progress.at(arrived);
    }
  }

  private void write(ByteBuffer block, WritableByteChannel sink) throws IOException {
    try {
      while (block.hasRemaining()) {
        sink.write(block);
      }
    } catch (IOException e) {
      throw named(e);
    }
  }

  /** A channel does not say which file it is of. */
  private IOException named(IOException e) {
    FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
    named.initCause(e);
    return named;
  }
}
