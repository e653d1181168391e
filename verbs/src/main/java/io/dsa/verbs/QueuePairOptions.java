package io.dsa.verbs;

/**
 * What a queue pair is made of.
 *
 * @param domain its protection domain
 * @param completions where its requests complete
 * @param sendDepth send requests outstanding at most
 * @param segments scatter and gather elements in a request
 */
public record QueuePairOptions(
    ProtectionDomain domain, CompletionQueue completions, int sendDepth, int segments) {}
