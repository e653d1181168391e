/**
 * The crash harness behind {@code soft-roce-ci/crash}: writes records that carry their own number
 * and checksum while volumes come and go, ends the storage in the middle of it, and holds what is
 * there afterwards against what was acknowledged before.
 *
 * <p>What was acknowledged is in a {@link io.dsa.lab.crash.Journal}, which lies outside of what
 * crashes. {@link io.dsa.lab.crash.CrashCheck} is the judge. The rest makes things happen: each
 * kind of crash is a class of its own.
 */
package io.dsa.lab.crash;
