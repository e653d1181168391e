# shellcheck shell=bash
# The Debian packages that the host needs to build and run the lab.

# command:package
GUEST_NEEDS=(
  qemu-system-x86_64:qemu-system-x86
  mmdebstrap:mmdebstrap
  mvn:maven
  xz:xz-utils
  flock:util-linux
)
NATIVE_NEEDS=(
  mvn:maven
  jq:jq
  rdma:iproute2
  setpriv:util-linux
)
HOST_NEEDS=("${GUEST_NEEDS[@]}")

missing_host_packages() {
  local need
  for need in "${HOST_NEEDS[@]}"; do
    command -v "${need%%:*}" >/dev/null || printf '%s\n' "${need#*:}"
  done
}

need_root() {
  ((EUID == 0)) || fail "$1 needs root: call it as root, or through sudo"
}

# apt ARGUMENT…: apt-get, which waits when another one is at work. Of its three locks, apt's own option waits only for
# dpkg's.
APT_PATIENCE=120
apt() {
  local deadline=$((SECONDS + APT_PATIENCE)) told= log
  log=$(mktemp)
  until LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout="$APT_PATIENCE" "$@" </dev/null 2>&1 |
    tee -- "$log" >&2; do
    if ((SECONDS >= deadline)) || ! grep -q '^E: \(Could not get lock\|Unable to lock\)' -- "$log"; then
      rm -f -- "$log"
      return 1
    fi
    [[ -n $told ]] || say "another apt is at work on this machine; waiting for it"
    told=yes
    sleep 2
  done
  rm -f -- "$log"
}

# Set once `apt-get update` has been done by this process.
APT_UPDATED=

update_package_lists() {
  [[ -z $APT_UPDATED ]] || return 0
  apt update || fail "apt-get update failed: are the machine's package sources reachable?"
  APT_UPDATED=yes
}

install_host_packages() {
  local missing
  mapfile -t missing < <(missing_host_packages)
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "this machine lacks ${missing[*]} and has no apt-get to install them with"
  need_root "installing ${missing[*]}"
  say "installing ${missing[*]}"
  update_package_lists
  apt install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}"
}
