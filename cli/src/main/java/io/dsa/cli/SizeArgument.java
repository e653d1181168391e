package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.sal.StorageException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size of at least one byte, as in {@code 64MiB}. */
final class SizeArgument implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    long bytes;
    try {
      bytes = ByteSize.parse(text);
    } catch (StorageException e) {
      throw new TypeConversionException(e.getMessage());
    }
    if (bytes == 0) {
      throw new TypeConversionException("'" + text + "' is too small; it must be at least 1 byte");
    }
    return bytes;
  }
}
