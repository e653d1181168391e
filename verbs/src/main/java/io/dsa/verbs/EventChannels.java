package io.dsa.verbs;

/** Opens event channels; where the machine has no RDMA at all, this is what fails first. */
final class EventChannels {
  private EventChannels() {}

  static long open() {
    long channel = Native.createEventChannel();
    int errno = channel < 0 ? Native.errno(channel) : 0;
    if (errno == Errno.ENOENT || errno == Errno.ENXIO) {
      // The device file of rdma_cm is missing, or nothing is behind it.
      errno = Errno.ENODEV;
    }
    Native.check("open an RDMA event channel", errno == 0 ? channel : -errno);
    return channel;
  }

  static void close(long channel) {
    Native.check("close an RDMA event channel", Native.destroyEventChannel(channel));
  }
}
