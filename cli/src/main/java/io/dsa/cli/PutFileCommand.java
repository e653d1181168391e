package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa put}. */
@Command(
    name = "put",
    description =
        "Writes a file to the beginning of a volume and makes it durable. The rest of the volume"
            + " stays as it is.")
final class PutFileCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file, pipe or device to read.")
  private Path file;

  @Parameters(
      index = "1",
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume to write, which must be there and large enough.")
  private String name;

  @Option(
      names = "--take-over",
      description =
          "Take the volume from a client that has it open for writing, which can write nothing more"
              + " before this begins.")
  private boolean takeOver;

  @Mixin private ServerOption server;
  @Mixin private DurabilityOption durability;
  @Mixin private QueueDepthOption depth;
  @Mixin private OutputOption output;

  @Override
  public Integer call() throws IOException {
    TransferReport report;
    // What is wrong with the file is said before a server is asked for anything.
    try (FileChannel source = open()) {
      report = server.connected(connector -> put(source, connector));
    }
    output.print(report::lines, report::document);
    return ExitCode.OK.status();
  }

  private TransferReport put(FileChannel source, ServerOption.Connector connector)
      throws IOException {
    long size = source.size();
    try (DsaClient client = connector.connect(durability.clientOptions());
        Volume volume = open(client)) {
      if (size > volume.bytes()) {
        throw tooSmall(volume, size + " bytes");
      }
      try {
        return put(source, size, client, volume);
      } catch (CliException | DsaException e) {
        throw RevokedVolume.explained(e, volume);
      }
    }
  }

  private Volume open(DsaClient client) {
    VolumeOptions options = VolumeOptions.defaults();
    return takeOver
        ? client.takeOver(name, OpenMode.READ_WRITE, options)
        : client.open(name, OpenMode.READ_WRITE, options);
  }

  private FileChannel open() throws IOException {
    if (Files.isDirectory(file)) {
      throw new CliException(ExitCode.IO, file + ": is a directory");
    }
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private TransferReport put(FileChannel source, long size, DsaClient client, Volume volume)
      throws IOException {
    long start = System.nanoTime();
    long bytes;
    try (ProgressBar progress = new ProgressBar(spec, "put " + name, size);
        BlockRing ring = new BlockRing(server.text(), client, volume, depth.blocksFor(size))) {
      bytes = write(source, volume, ring, progress);
      if (volume.durability().isPresent()) {
        ring.flush(bytes);
      }
    }
    return new TransferReport(
        "put",
        name,
        file,
        bytes,
        System.nanoTime() - start,
        Optional.of(new TransferReport.Ending(volume.durability())));
  }

  private long write(FileChannel source, Volume volume, BlockRing ring, ProgressBar progress)
      throws IOException {
    long written = 0;
    while (true) {
      if (ring.isFull()) {
        ring.oldest();
        ring.release();
      }
      int length = fill(ring.next(), source);
      if (length == 0) {
        break;
      }
      // A pipe, or a file that grows meanwhile.
      if (length > volume.bytes() - written) {
        throw tooSmall(volume, "more");
      }
      ring.write(written, length);
      written += length;
      progress.at(written);
    }
    while (!ring.isEmpty()) {
      ring.oldest();
      ring.release();
    }
    return written;
  }

  private int fill(ByteBuffer block, FileChannel source) throws IOException {
    try {
      while (block.hasRemaining() && source.read(block) >= 0) {
        // A pipe gives less than was asked for.
      }
      return block.position();
    } catch (IOException e) {
      // A channel does not say which file it is of.
      FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  private CliException tooSmall(Volume volume, String found) {
    return new CliException(
        ExitCode.NO_SPACE,
        file
            + " does not fit: volume "
            + name
            + " is "
            + volume.bytes()
            + " bytes, the file "
            + found
            + "; create a larger volume");
  }
}
