package io.dsa.cli;

import io.dsa.protocol.VolumeName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A volume's name in the form in which it is sent, or what is wrong with it. */
final class VolumeNameArgument implements ITypeConverter<String> {
  @Override
  public String convert(String text) {
    try {
      return VolumeName.canonical(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
