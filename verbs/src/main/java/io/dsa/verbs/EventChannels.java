package io.dsa.verbs;

import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;

/** Opens event channels; where the machine has no RDMA at all, this is what fails first. */
final class EventChannels {
  private EventChannels() {}

  static RdmaEventChannel open() {
    try {
      RdmaEventChannel channel = RdmaEventChannel.createEventChannel();
      if (channel == null) {
        throw new VerbsException("open an RDMA event channel", Errno.ENODEV);
      }
      return channel;
    } catch (IOException e) {
      throw new VerbsException("open an RDMA event channel", e);
    }
  }
}
