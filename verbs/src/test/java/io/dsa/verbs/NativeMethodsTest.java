package io.dsa.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java looks a native method up at its first call, which for some comes in a failure only. */
class NativeMethodsTest {
  private static final Path LIBRARY = Path.of("target/native/libdisni.so");

  @ParameterizedTest
  @ValueSource(strings = {"io.dsa.verbs.Native", "io.dsa.verbs.darpc.CmFunctions"})
  void shouldAllBeInTheLibrary(String name) throws Exception {
    // Not initialised: this machine may lack what the library needs.
    Class<?> type = Class.forName(name, false, getClass().getClassLoader());
    List<String> symbols =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> Modifier.isNative(method.getModifiers()))
            .map(Method::getName)
            .map(method -> "Java_" + name.replace('.', '_') + "_" + method)
            .toList();

    assertThat(symbols).isNotEmpty().doesNotHaveDuplicates();
    String library = Files.readString(LIBRARY, StandardCharsets.ISO_8859_1);
    assertThat(symbols).allMatch(symbol -> library.contains("\0" + symbol + "\0"));
  }
}
