/**
 * What the control transport does on real RDMA: on both sides in one process, and against processes
 * that are killed.
 */
package io.dsa.lab.rpc;
