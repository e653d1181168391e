package io.dsa.sal.memory;

import org.junit.jupiter.api.Tag;

/** The same on the lab's kernel. */
@Tag("lab")
class LabMemoryTest extends MemoryDeviceTest {}
