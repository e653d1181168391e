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
              new ExtentGrant(0, 0, 96, 0x1000, 7),
              new ExtentGrant(0, 96, 48, 0x9000, 8),
              new ExtentGrant(0, 144, 1, 0x500, 9)));

  @Test
  void shouldFindTheExtentOfEveryOffset() {
    assertThat(map.extentAt(0)).isZero();
    assertThat(map.extentAt(95)).isZero();
    assertThat(map.extentAt(96)).isEqualTo(1);
    assertThat(map.extentAt(143)).isEqualTo(1);
    assertThat(map.extentAt(144)).isEqualTo(2);
    assertThat(map.bytes()).isEqualTo(145);
  }

  @Test
  void shouldTranslateOffsetsWithinAnExtent() {
    assertThat(map.remoteAddress(1, 96)).isEqualTo(0x9000);
    assertThat(map.remoteAddress(1, 143)).isEqualTo(0x9000 + 47);
    assertThat(map.remoteKey(1)).isEqualTo(8);
    assertThat(map.end(0)).isEqualTo(96);
    assertThat(map.end(2)).isEqualTo(145);
  }

  @Test
  void shouldRefuseGrantsWithAGap() {
    assertThatThrownBy(() -> new ExtentMap(List.of(new ExtentGrant(0, 8, 8, 0, 0))))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("at 8 instead of 0");
  }

  @Test
  void shouldCountThePartsOfARange() {
    assertThat(map.parts(0, 1, 40)).isEqualTo(1);
    assertThat(map.parts(0, 96, 1000)).isEqualTo(1);
    assertThat(map.parts(0, 145, 1000)).isEqualTo(3);
    assertThat(map.parts(0, 96, 40)).isEqualTo(3);
    assertThat(map.parts(95, 2, 40)).isEqualTo(2);
    assertThat(map.parts(144, 1, 40)).isEqualTo(1);
  }

  @Test
  void shouldRefuseGrantsThatAtomicsWouldStraddle() {
    assertThatThrownBy(() ->
            new ExtentMap(
                List.of(new ExtentGrant(0, 0, 12, 0, 0), new ExtentGrant(0, 12, 8, 0, 0))))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("not aligned");
    assertThatThrownBy(() -> new ExtentMap(List.of(new ExtentGrant(0, 0, 8, 4, 0))))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("not aligned");
  }
}
