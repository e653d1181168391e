/**
 * Attacks on a server that is at work, by real verbs and real DaRPC: what {@code
 * soft-roce-ci/attack} runs. docs/security.md says what the server promises against each.
 */
package io.dsa.lab.attack;
