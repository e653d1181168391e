# shellcheck shell=bash
# The guest's NVDIMM as a DAX device, and its NVMe drive.

# start_nvdimm fresh|kept: a fresh one becomes /dev/dax0.0. A kept one carries its mode with it: it comes up as
# what it was made, and nothing here writes to it.
start_nvdimm() {
  local _
  for _ in {1..50}; do
    [[ -e /sys/bus/nd/devices/namespace0.0 ]] && break
    /run/busybox sleep 0.1
  done
  [[ $1 == kept ]] || ndctl create-namespace -f -m devdax -e namespace0.0 >/run/ndctl 2>&1
}

start_nvme() {
  local _
  modprobe nvme || return
  for _ in {1..50}; do
    [[ -b /dev/nvme0n1 ]] && return
    /run/busybox sleep 0.1
  done
  return 1
}
