# shellcheck shell=bash
# The lab without a guest, on a machine that has RDMA itself.

has_rdma_device() {
  [[ -n $(ls -A /sys/class/infiniband 2>/dev/null) ]]
}

# need_native_rdma: finds an RDMA device, or makes a SoftRoCE one on the first network device that is up.
need_native_rdma() {
  local why device
  has_rdma_device && return
  if ! command -v modprobe >/dev/null; then
    fail "--native: this machine has no RDMA device, and no modprobe to load rdma_rxe with; run without --native to use the guest"
  fi
  if ! why=$(modprobe rdma_rxe 2>&1); then
    fail "--native: this machine has no RDMA device and cannot load rdma_rxe ($why); run without --native to use the guest"
  fi
  command -v rdma >/dev/null || fail "--native: the command rdma (package iproute2) is missing"
  device=$(ip -o -4 addr show up scope global | awk '{ print $2; exit }')
  [[ -n $device ]] || fail "--native: no network device with an IPv4 address to put rxe0 on"
  modprobe crc32_generic 2>/dev/null || true
  rdma link add rxe0 type rxe netdev "$device" || fail "--native: cannot make rxe0 on $device"
  say "made the SoftRoCE device rxe0 on $device"
}

# run_native TIME_LIMIT COMMAND…: ends the script with the command's exit status.
run_native() {
  local limit=$1 java_home status=0
  shift
  need_native_rdma
  . "$LAB_DIR/lib/jdk.sh"
  if java_home=$(find_jdk25); then
    export JAVA_HOME=$java_home
  fi
  ulimit -l unlimited 2>/dev/null || say "cannot lift the limit on locked memory (now $(ulimit -l) KiB)"
  export DSA_LAB=1 DSA_LAB_KERNEL=native DSA_LAB_HOSTS=1 PATH="$PROJECT_DIR/cli/target/dsa/bin:$LAB_DIR/guest/bin:$PATH"
  timeout --kill-after=10 "$limit" "$@" || status=$?
  if ((status == LAB_TIMED_OUT)); then
    say "the command did not end within $limit s: time limit"
  fi
  exit "$status"
}
