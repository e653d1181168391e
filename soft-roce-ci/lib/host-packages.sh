# shellcheck shell=bash
# The Debian packages that the host needs to build and run the lab.

# command:package
HOST_NEEDS=(
  qemu-system-x86_64:qemu-system-x86
  mmdebstrap:mmdebstrap
  mvn:maven
  xz:xz-utils
  flock:util-linux
)

missing_host_packages() {
  local need
  for need in "${HOST_NEEDS[@]}"; do
    command -v "${need%%:*}" >/dev/null || printf '%s\n' "${need#*:}"
  done
}

need_root() {
  ((EUID == 0)) || fail "$1 needs root: call it as root, or through sudo"
}

# Set once `apt-get update` has been done by this process.
APT_UPDATED=

update_package_lists() {
  [[ -z $APT_UPDATED ]] || return 0
  apt-get update -q >&2 || fail "apt-get update failed: are the machine's package sources reachable?"
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
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 </dev/null ||
    fail "apt-get could not install ${missing[*]}"
}
