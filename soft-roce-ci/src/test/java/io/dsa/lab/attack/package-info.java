/**
 * Attacks on a server that is at work, by real verbs and real DaRPC: what {@code
 * soft-roce-ci/attack} runs. What DSA's own library does not let pass is asked by a program in C on
 * rdma-core alone ({@link io.dsa.lab.attack.VerbsAttacker}). docs/security.md says what the server
 * promises against each.
 */
package io.dsa.lab.attack;
