package io.dsa.sal.file;

import org.junit.jupiter.api.Tag;

/** On the lab's kernel too. */
@Tag("lab")
class LabTmpfsTest extends TmpfsFileTest {}
