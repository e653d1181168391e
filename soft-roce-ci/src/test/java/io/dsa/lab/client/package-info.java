/** The client's API against a server in the same process; data crosses the RDMA device. */
package io.dsa.lab.client;
