# shellcheck shell=bash
# Where the built lab is kept, outside the repository: one directory for the Debian root, one for what boots it in a
# virtual machine and one for what boots it in a process, each named after the recipe that it was built by.

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROJECT_DIR=$(dirname "$LAB_DIR")
LAB_CACHE=${DSA_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/dsa-lab}

# Everything that decides what is built. guest/start and what it calls are no part of it: the guest reads them
# from the project at each boot.
ROOT_RECIPE=("$LAB_DIR"/guest/packages* "$LAB_DIR/lib/root.sh")
BOOT_RECIPE=("$LAB_DIR/guest/boot" "$LAB_DIR/lib/kernels.sh")
USER_RECIPE=("$LAB_DIR/guest/boot" "$LAB_DIR/guest/kernel-user.config" "$LAB_DIR/lib/user-kernel.sh")

# Sets LAB_ROOT, LAB_BOOT and LAB_USER; succeeds when the first two are there. They are there only when complete: each is
# built under another name and renamed.
find_built() {
  LAB_ROOT=$LAB_CACHE/root-$(recipe_hash)
  LAB_BOOT=$LAB_CACHE/boot-$(recipe_hash "${BOOT_RECIPE[@]}")
  LAB_USER=$LAB_CACHE/user-$(recipe_hash "${USER_RECIPE[@]}")
  [[ -d $LAB_ROOT && -d $LAB_BOOT ]]
}

# recipe_hash FILE…: names what is built by these files in the root.
recipe_hash() {
  cat -- "${ROOT_RECIPE[@]}" "$@" | sha256sum | cut -c1-16
}

# find_user_kernel: the same for what only the kernel `user` needs.
find_user_kernel() {
  find_built && [[ -d $LAB_USER ]]
}

# need_space DIRECTORY MIB REMEDY: refuses to begin what the disk cannot hold.
need_space() {
  local free
  free=$(($(df --output=avail -B1M -- "$1" | tail -n 1)))
  ((free >= $2)) || fail "$1 has $free MiB free, and the lab needs $2 MiB; $3"
}

# Takes the lock under which only one process builds; it is given back when the process ends.
lock_cache() {
  mkdir -p -- "$LAB_CACHE" || fail "cannot make $LAB_CACHE; set DSA_LAB_CACHE to a directory that can be written"
  exec {LAB_LOCK}>"$LAB_CACHE/lock"
  if ! flock --nonblock "$LAB_LOCK"; then
    say "another setup is building the lab; waiting for it"
    flock "$LAB_LOCK"
  fi
}

# remove_built DIRECTORY: removes a built directory, or what an interrupted build left of one, mounts included. From the first moment
# it is not there as a built one.
remove_built() {
  local mounted
  while read -r mounted; do
    umount --lazy -- "$mounted" 2>/dev/null || true
  done < <(awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf --one-file-system -- "$1.gone"
  [[ ! -d $1 ]] || mv -- "$1" "$1.gone"
  rm -rf --one-file-system -- "$1.gone"
}

# Removes what other recipes and unfinished builds left, except what a running guest still holds.
remove_other_builds() {
  local dir lock
  for dir in "$LAB_CACHE"/{root,boot,user}-*; do
    [[ $dir != "$LAB_ROOT" && $dir != "$LAB_BOOT" && $dir != "$LAB_USER" && -d $dir ]] || continue
    exec {lock}<"$dir"
    if flock --nonblock --exclusive "$lock"; then
      remove_built "$dir"
    fi
    exec {lock}<&-
  done
}

# Holds the built lab against removal for as long as this process and its children run.
hold_built() {
  hold LAB_HELD_ROOT "$LAB_ROOT"
  hold LAB_HELD_BOOT "$LAB_BOOT"
}

hold_user_kernel() {
  hold LAB_HELD_USER "$LAB_USER"
}

# hold NAME DIRECTORY: locks what is at DIRECTORY when the lock is had, which `setup --force` may have replaced meanwhile.
hold() {
  local -n descriptor=$1
  while true; do
    exec {descriptor}<"$2" || fail "$2 is gone: was the lab's cache removed?"
    if ! flock --nonblock --shared "$descriptor"; then
      say "setup builds the lab anew; waiting for it"
      flock --shared "$descriptor"
    fi
    [[ /proc/self/fd/$descriptor -ef $2 ]] && return
    exec {descriptor}<&-
    [[ -d $2 ]] || fail "$2 was removed by a setup that did not end; call it again"
  done
}

# take_built: holds the built lab so that nobody else can use it until this process has ended, or refuses.
take_built() {
  local dir descriptor
  for dir in "$LAB_ROOT" "$LAB_BOOT" "$LAB_USER"; do
    [[ -d $dir ]] || continue
    exec {descriptor}<"$dir"
    flock --nonblock --exclusive "$descriptor" ||
      fail "--force: a guest or a build is using the lab in $dir; end it first, then call setup --force again"
  done
}
