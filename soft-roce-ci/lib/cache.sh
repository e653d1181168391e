# shellcheck shell=bash
# Where the built lab is kept: one directory per recipe, outside the repository.

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PROJECT_DIR=$(dirname "$LAB_DIR")
LAB_CACHE=${DSA_LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/dsa-lab}

# Everything that decides what the root and the initramfs contain. guest/start and what it calls are read
# from the project at each boot, so they are no part of it.
RECIPE_FILES=(
  "$LAB_DIR"/guest/packages*
  "$LAB_DIR/guest/boot"
  "$LAB_DIR/lib/root.sh"
  "$LAB_DIR/lib/kernels.sh"
)

recipe_hash() {
  cat -- "${RECIPE_FILES[@]}" | sha256sum | cut -c1-16
}

# Sets LAB_BUILT to the directory of this recipe. It exists only when it is complete: it is built under
# another name and renamed.
find_built() {
  LAB_BUILT=$LAB_CACHE/$(recipe_hash)
  [[ -d $LAB_BUILT ]]
}

# need_space DIRECTORY MIB: refuses to begin what the disk cannot hold.
need_space() {
  local free
  free=$(df --output=avail -B1M -- "$1" | tail -n 1)
  ((free >= $2)) || fail "$1 has $((free)) MiB free, and the lab needs $2 MiB; set DSA_LAB_CACHE to a directory with more room"
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

# remove_root DIRECTORY: removes a root directory, or what an interrupted build left of one, mounts included.
remove_root() {
  local mounted
  while read -r mounted; do
    umount --lazy -- "$mounted" 2>/dev/null || true
  done < <(awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf --one-file-system -- "$1"
}

# Removes other recipes and unfinished builds. A guest that still runs from an old recipe holds a shared lock on it.
remove_other_builds() {
  local dir lock
  for dir in "$LAB_CACHE"/*/; do
    dir=${dir%/}
    [[ $dir != "$LAB_BUILT" && -d $dir ]] || continue
    exec {lock}<"$dir"
    if flock --nonblock --exclusive "$lock"; then
      remove_root "$dir"
    fi
    exec {lock}<&-
  done
}

# Holds the built lab against removal for as long as this process and its children run.
hold_built() {
  exec {LAB_HELD}<"$LAB_BUILT"
  flock --shared "$LAB_HELD"
}
