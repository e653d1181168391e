package io.dsa.cli;

import io.dsa.client.ClientOptions;
import io.dsa.protocol.DurabilityMethod;
import java.util.Iterator;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a flush is to be made durable. */
final class DurabilityOption {
  @Option(
      names = "--durability",
      paramLabel = "METHOD",
      converter = Method.class,
      completionCandidates = Methods.class,
      description =
          "How a flush is made durable: ${COMPLETION-CANDIDATES}. Default: the best that both ends"
              + " have.")
  private DurabilityMethod method;

  ClientOptions clientOptions() {
    ClientOptions options = ClientOptions.defaults();
    return method == null ? options : options.withDurability(method);
  }

  /** Names of methods, as in {@code rdma-flush}. */
  static final class Methods implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(DurabilityMethod.values()).map(Words::of).iterator();
    }
  }

  /** From a name to the method. */
  static final class Method implements ITypeConverter<DurabilityMethod> {
    @Override
    public DurabilityMethod convert(String text) {
      return Stream.of(DurabilityMethod.values())
          .filter(method -> Words.of(method).equals(text))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'" + text + "' is none of " + String.join(", ", new Methods())));
    }
  }
}
