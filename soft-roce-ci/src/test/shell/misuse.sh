# shellcheck shell=bash disable=SC2034,SC2154 # promises reads QUICK and SLOW, and sets lab and scratch
# Refusals, and what is said where something is missing. None of these boots a guest.

QUICK=(several_hosts_need_the_kernel_current wrong_usage_is_refused a_full_temporary_directory_is_noticed
  a_small_cache_is_noticed cached_setup_needs_no_network native_touches_no_device_unnamed native_says_what_is_missing
  a_running_guest_keeps_its_root)

several_hosts_need_the_kernel_current() {
  expect 2 'on the stable kernel rxe does not pass traffic between network namespaces' \
    "$lab/run" --hosts 2 --kernel stable -- true
}

wrong_usage_is_refused() {
  expect 2 'no command to run' "$lab/run" &&
    expect 2 '--kernel is current, stable or user' "$lab/run" --kernel old -- true &&
    expect 2 '--hosts is a number from 1 to 16' "$lab/run" --hosts 17 -- true &&
    expect 2 '--time-limit is a number' "$lab/run" --time-limit x -- true &&
    expect 2 'unknown argument: --frob' "$lab/test" --frob &&
    expect 2 '--emulated is about the guest' "$lab/test" --emulated --native &&
    expect 2 '--size needs a value' "$lab/demo" --size &&
    expect 2 'unknown argument: --fast' "$lab/attack" --fast &&
    expect 2 '--only takes model, served, kill, log and power' "$lab/crash" --only x &&
    expect 2 '--points is a number' "$lab/crash" --points 0 &&
    expect 2 'keeps every store' "$lab/crash" --break write-back --only kill &&
    expect 2 "--only: no such peer: 'x'" "$lab/bench" --only x &&
    expect 2 "--rounds is a number from 1 to 99, not '0'" "$lab/bench" --rounds 0 &&
    expect 2 "--seconds is a number from 1 to 99, not 'x'" "$lab/bench" --seconds x &&
    expect 2 '--kernel is current or stable' "$lab/bench" --kernel old &&
    expect 2 'unknown argument: x' "$lab/setup" x
}

# with_small_disk COMMAND…: in a mount namespace where $scratch/disk is a disk of 16 MiB.
with_small_disk() {
  mkdir -p "$scratch/disk"
  unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=16m disk "$0" && exec "$@"' "$scratch/disk" "$@"
}

a_full_temporary_directory_is_noticed() {
  expect 125 "run: $scratch/disk has 16 MiB free, and the lab needs 1344 MiB; set TMPDIR" \
    with_small_disk env TMPDIR="$scratch/disk" "$lab/run" -- true &&
    expect 125 'the lab needs 3392 MiB' with_small_disk env TMPDIR="$scratch/disk" "$lab/run" --nvme -- true &&
    expect 125 'name a file of --nvdimm on a disk with more room' with_small_disk "$lab/run" --nvdimm "$scratch/disk/nv" -- true
}

a_small_cache_is_noticed() {
  expect 125 "the lab needs 4096 MiB; set DSA_LAB_CACHE" with_small_disk env DSA_LAB_CACHE="$scratch/disk" "$lab/setup"
}

# The cache is the machine's own: soft-roce-ci/test has set it up already.
cached_setup_needs_no_network() {
  expect 0 '' unshare --net "$lab/setup"
}

native_touches_no_device_unnamed() {
  expect 2 'name the device to format in DSA_DEMO_POOL' env -u DSA_DEMO_POOL "$lab/demo" --native
}

native_says_what_is_missing() {
  mkdir -p "$scratch/bin"
  ln -sf "$(command -v bash)" "$(command -v dirname)" "$(command -v cat)" "$(command -v uname)" "$(command -v env)" "$scratch/bin/"
  expect 125 'the command ip is missing; soft-roce-ci/setup --native installs it' env PATH="$scratch/bin" "$lab/run" --native -- true
}

# The lock that a guest holds on the lab, held here without one.
a_running_guest_keeps_its_root() {
  local status
  . "$lab/lib/messages.sh"
  . "$lab/lib/cache.sh"
  find_built || { why='nothing is built'; return 1; }
  (
    hold_built
    exec sleep 60
  ) &
  holder=$!
  sleep 0.3
  expect 125 'a guest or a build is using the lab' "$lab/setup" --force
  status=$?
  kill "$holder"
  wait "$holder" 2>/dev/null
  [[ -d $LAB_ROOT/root ]] || { why='the root is gone'; return 1; }
  return "$status"
}
