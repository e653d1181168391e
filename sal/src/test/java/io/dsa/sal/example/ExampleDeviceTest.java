package io.dsa.sal.example;

import io.dsa.sal.DeviceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ExampleDeviceTest extends DeviceContract {
  private Path file;

  @Override
  protected String uri() {
    if (file == null) {
      try {
        file = Files.createTempFile("example", ".pool");
        Files.write(file, new byte[4 << 20]);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return "example:" + file;
  }

  @Override
  protected void remove() throws IOException {
    Files.deleteIfExists(file);
  }
}
