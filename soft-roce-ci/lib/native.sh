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
  device=$(ip -o -4 addr show up scope global | awk '{ print $2; exit }')
  [[ -n $device ]] || fail "--native: no network device with an IPv4 address to put rxe0 on"
  modprobe crc32_generic 2>/dev/null || true
  rdma link add rxe0 type rxe netdev "$device" || fail "--native: cannot make rxe0 on $device"
  say "made the SoftRoCE device rxe0 on $device"
}

# native_address: prints the IPv4 address of the first RDMA device that has one.
native_address() {
  local device address
  while read -r device; do
    address=$(ip -o -4 addr show dev "$device" scope global | awk '{ sub("/.*", "", $4); print $4; exit }')
    if [[ -n $address ]]; then
      printf '%s\n' "$address"
      return
    fi
  done < <(rdma link show | sed -n 's/.* state ACTIVE .*netdev \([^ ]*\).*/\1/p')
  return 1
}

# need_native_tools: what the tests and the demo call, and what they run on.
need_native_tools() {
  local tool
  for tool in ip rdma jq timeout setpriv; do
    command -v "$tool" >/dev/null || fail "--native: the command $tool is missing; soft-roce-ci/setup --native installs it"
  done
  . "$LAB_DIR/lib/jdk.sh"
  JAVA_HOME=$(find_jdk25) || fail "--native: no JDK 25 on this machine; install one, or set JAVA_HOME to it"
  export JAVA_HOME
}

# run_native TIME_LIMIT COMMAND…: ends the script with the command's exit status.
run_native() {
  local limit=$1 status=0 foreground=()
  shift
  need_native_tools
  need_native_rdma
  if [[ -z ${DSA_LAB_ADDRESS:-} ]]; then
    DSA_LAB_ADDRESS=$(native_address) || fail "--native: no RDMA device with an active link and an IPv4 address; see 'rdma link'"
  fi
  export DSA_LAB_ADDRESS
  ulimit -l unlimited 2>/dev/null || say "cannot lift the limit on locked memory (now $(ulimit -l) KiB)"
  export DSA_LAB=1 DSA_LAB_KERNEL=native DSA_LAB_HOSTS=1 PATH="$PROJECT_DIR/cli/target/dsa/bin:$LAB_DIR/guest/bin:$PATH"
  # Out of the terminal's foreground, a command could not read from it.
  [[ ! -t 0 ]] || foreground=(--foreground)
  end_on_signals
  own timeout "${foreground[@]}" --kill-after=10 "$limit" "$@" || status=$?
  if ((status == LAB_TIMED_OUT)); then
    say "the command did not end within $limit s: time limit"
  fi
  exit "$status"
}
