package io.dsa.lab.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.crash.Finding.Fault;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ModelCrashTest {
  private static final int POINTS = 30;

  /** Held, since a logger that nobody holds forgets its level. */
  private static final Logger SAL = Logger.getLogger("io.dsa.sal");

  private static Level level;

  @BeforeAll
  static void doNotLogEveryTornSlot() {
    level = SAL.getLevel();
    SAL.setLevel(Level.SEVERE);
  }

  @AfterAll
  static void logAgain() {
    SAL.setLevel(level);
  }

  private static Set<Fault> faults(Defect defect, int points) {
    EnumSet<Fault> faults = EnumSet.noneOf(Fault.class);
    LongStream.range(0, points)
        .mapToObj(seed -> ModelCrash.run(seed, defect))
        .forEach(point -> point.findings().forEach(finding -> faults.add(finding.fault())));
    return faults;
  }

  @Test
  void shouldKeepWhatWasFlushed() {
    assertThat(faults(Defect.NONE, POINTS)).isEmpty();
  }

  @Test
  void shouldNoticeThatNothingIsWrittenBack() {
    assertThat(faults(Defect.WRITE_BACK, POINTS)).contains(Fault.LOST, Fault.TORN, Fault.ILLEGAL);
  }

  @Test
  void shouldNoticeMetadataInTheWrongOrder() {
    assertThat(faults(Defect.METADATA_ORDER, POINTS)).contains(Fault.ILLEGAL);
  }

  @Test
  void shouldDoTheSameAgainWithTheSameSeed() {
    assertThat(ModelCrash.run(11, Defect.WRITE_BACK))
        .isEqualTo(ModelCrash.run(11, Defect.WRITE_BACK));
  }
}
