package io.dsa.client;

import java.lang.foreign.MemorySegment;

/** Memory that the RDMA device of a client reaches. Thread-safe. */
interface DeviceMemory {
  /** As {@link DsaClient#allocate}. */
  RegisteredBuffer allocate(long bytes);

  /** As {@link DsaClient#register}. */
  RegisteredBuffer register(MemorySegment memory);

  /** An open buffer that holds all of this memory, or null. */
  RegisteredBuffer find(MemorySegment memory);
}
