/**
 * The {@code dsa} command as its users meet it: processes of their own, in the lab, with the server
 * in host1 and the client in host2 where the lab has two hosts.
 */
package io.dsa.lab.cli;
