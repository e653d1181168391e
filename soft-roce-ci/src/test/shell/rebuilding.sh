# shellcheck shell=bash disable=SC2034,SC2154 # promises reads SLOW, and sets lab and scratch
# Building the guest, interrupted and resumed. In a cache of its own.

SLOW=(a_killed_setup_is_resumed setup_waits_for_another_apt)

# Killed while mmdebstrap works; the next one builds all of it, and nothing of the first stays.
a_killed_setup_is_resumed() {
  local cache=$scratch/cache setup _
  mkdir -p "$cache"
  DSA_LAB_CACHE=$cache setsid "$lab/setup" >"$scratch/out" 2>&1 </dev/null &
  setup=$!
  for _ in {1..600}; do
    compgen -G "$cache/root-*.building/root/usr/bin/dpkg" >/dev/null && break
    sleep 0.1
  done
  kill -KILL "$setup"
  wait "$setup" 2>/dev/null
  nothing_stays "$cache" || return 1
  compgen -G "$cache/root-*.building" >/dev/null || { why='it was not half-finished'; return 1; }
  expect 0 'built the lab in' env DSA_LAB_CACHE="$cache" "$lab/setup" || return 1
  if compgen -G "$cache/*.building" >/dev/null; then
    why='the half-finished build is still there'
    return 1
  fi
  expect 0 'works' env DSA_LAB_CACHE="$cache" "$lab/run" -- echo works &&
    expect 0 '' unshare --net env DSA_LAB_CACHE="$cache" "$lab/setup"
}

# Apt's own lock, held for a few seconds by somebody else; `true` is a package that is there already.
setup_waits_for_another_apt() {
  local status holder
  exec {holder}< <(python3 -c '
import fcntl, time
with open("/var/lib/dpkg/lock-frontend", "w") as lock:
    fcntl.lockf(lock, fcntl.LOCK_EX)
    print("locked", flush=True)
    time.sleep(6)')
  read -r _ <&"$holder"
  expect 0 '' bash -c '. "$0/lib/messages.sh"; . "$0/lib/host-packages.sh"; set -euo pipefail; apt install -y --no-install-recommends coreutils' "$lab"
  status=$?
  exec {holder}<&-
  return "$status"
}
