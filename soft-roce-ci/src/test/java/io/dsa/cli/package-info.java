/** The door by which the lab's tests call the command without starting a process. */
package io.dsa.cli;
