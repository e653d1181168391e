# shellcheck shell=bash
# The guest's NVDIMM as a DAX device.

# start_nvdimm fresh|kept: a fresh one becomes /dev/dax0.0. A kept one carries its mode with it: it comes up as
# what it was made, and nothing here writes to it.
start_nvdimm() {
  local _
  for _ in {1..50}; do
    [[ -e /sys/bus/nd/devices/namespace0.0 ]] && break
    sleep 0.1
  done
  [[ $1 == kept || -e /dev/dax0.0 ]] || ndctl create-namespace -f -m devdax -e namespace0.0 >/run/ndctl 2>&1
}
