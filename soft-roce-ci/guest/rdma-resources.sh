# shellcheck shell=bash
# The objects that the kernel holds for RDMA: pd, cq, qp, cm_id, mr and ctx of every device.

rdma_resources() {
  rdma resource show | sed 's/ *$//'
}

# settled_rdma_resources BEFORE: prints them once they are as before, or as they are after ten seconds. What ended processes
# held goes within moments, not at once, and the kernel tells nobody when: it has to be asked again.
settled_rdma_resources() {
  local now _
  for _ in {1..50}; do
    now=$(rdma_resources)
    [[ $now == "$1" ]] && break
    sleep 0.2
  done
  printf '%s\n' "$now"
}
