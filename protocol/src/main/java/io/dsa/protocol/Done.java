package io.dsa.protocol;

/** It is done and there is no more to say. Type 0x8000, no fields. */
public record Done() implements Reply {}
