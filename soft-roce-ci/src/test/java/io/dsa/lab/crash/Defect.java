package io.dsa.lab.crash;

import io.dsa.sal.Device;
import io.dsa.sal.Extent;
import io.dsa.sal.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What storage could do wrong. The harness has to notice each of them. */
enum Defect {
  /** None: storage as it is. */
  NONE {
    @Override
    Device in(Device device) {
      return device;
    }
  },

  /** Nothing is written back, though the calls return. */
  WRITE_BACK {
    @Override
    Device in(Device device) {
      return new Forgetful(device);
    }
  },

  /** A metadata slot's header is made durable before the payload that it vouches for. */
  METADATA_ORDER {
    @Override
    Device in(Device device) {
      return new WrongOrder(device);
    }
  };

  /** Returns the device with this defect; to be put under a pool that was made without it. */
  abstract Device in(Device device);

  /** Returns its name on the command line. */
  String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Defect of(String option) {
    return Arrays.stream(values())
        .filter(defect -> defect.option().equals(option))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such defect: " + option));
  }

  private static final class Forgetful extends DeviceWrapper {
    Forgetful(Device device) {
      super(device);
    }

    @Override
    public void persist(long offset, long length) {
      device.persist(offset, 0);
    }
  }

  private static final class WrongOrder extends DeviceWrapper {
    /** docs/pool-format.md: both headers, then both payloads up to a multiple of the unit. */
    private static final long HEADERS_END = 8192;

    private final List<Extent> late = new ArrayList<>();

    WrongOrder(Device device) {
      super(device);
    }

    @Override
    public synchronized void persist(long offset, long length) {
      boolean isPayload = offset >= HEADERS_END && offset + length <= Pool.EXTENT_UNIT;
      if (isPayload) {
        late.add(new Extent(offset, length));
        device.persist(offset, 0);
        return;
      }
      if (offset >= HEADERS_END) {
        late.forEach(range -> device.persist(range.poolOffset(), range.length()));
        late.clear();
      }
      device.persist(offset, length);
    }
  }
}
