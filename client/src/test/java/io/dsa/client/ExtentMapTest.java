package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.ExtentGrant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExtentMapTest {
  private final ExtentMap map =
      new ExtentMap(
          List.of(
              new ExtentGrant(0, 0, 100, 0x1000, 7),
              new ExtentGrant(0, 100, 50, 0x9000, 8),
              new ExtentGrant(0, 150, 1, 0x500, 9)));

  @Test
  void shouldFindTheExtentOfEveryOffset() {
    assertThat(map.extentAt(0)).isZero();
    assertThat(map.extentAt(99)).isZero();
    assertThat(map.extentAt(100)).isEqualTo(1);
    assertThat(map.extentAt(149)).isEqualTo(1);
    assertThat(map.extentAt(150)).isEqualTo(2);
    assertThat(map.bytes()).isEqualTo(151);
  }

  @Test
  void shouldTranslateOffsetsWithinAnExtent() {
    assertThat(map.remoteAddress(1, 100)).isEqualTo(0x9000);
    assertThat(map.remoteAddress(1, 149)).isEqualTo(0x9000 + 49);
    assertThat(map.remoteKey(1)).isEqualTo(8);
    assertThat(map.end(0)).isEqualTo(100);
    assertThat(map.end(2)).isEqualTo(151);
  }

  @Test
  void shouldRefuseGrantsWithAGap() {
    assertThatThrownBy(() -> new ExtentMap(List.of(new ExtentGrant(0, 8, 8, 0, 0))))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("at 8 instead of 0");
  }
}
