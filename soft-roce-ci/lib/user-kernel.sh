# shellcheck shell=bash
# The kernel `user`: the source of the kernel `current`, as Debian has it now, built to run as a process of this machine (user-mode
# Linux).

KERNEL_SOURCE=$LAB_DIR/target/kernel-source

# fetch_kernel_source VERSION DIRECTORY: puts the source of which Debian built the kernel VERSION, or a later one of its series, into
# DIRECTORY. It is fetched with the root's own package lists, so that apt checks where it comes from.
fetch_kernel_source() {
  local package status=0
  package=linux-source-$(cut -d. -f1,2 <<<"$1")
  rm -rf -- "$KERNEL_SOURCE"
  mkdir -p -- "$KERNEL_SOURCE" || return
  apt_transport_settings >"$KERNEL_SOURCE/apt.conf"
  # shellcheck disable=SC2016  # expanded in the root
  contained "$LAB_DIR/lib/in-root" env "APT_CONFIG=$KERNEL_SOURCE/apt.conf" sh -ec '
    cd "$2"
    apt-get update
    apt-get download "$1"' fetch-kernel "$package" "$KERNEL_SOURCE" >"$KERNEL_SOURCE/log" 2>&1 || status=$?
  if ((status)); then
    tail -n 5 -- "$KERNEL_SOURCE/log" >&2
    say "cannot fetch $package; where Debian has a newer kernel by now, 'soft-roce-ci/setup --force --user' builds all of the lab anew, and 'soft-roce-ci/test --emulated' does without it"
    return 1
  fi
  # A part of it has no place in a process: drivers of graphics cards are a third of it.
  dpkg-deb --fsys-tarfile "$KERNEL_SOURCE/$package"_*.deb | tar -xO "./usr/src/$package.tar.xz" |
    tar -xJ --strip-components=1 --exclude='*/drivers/gpu/*.[ch]' --exclude='*/Documentation/*.rst' -C "$2" || return
  rm -rf -- "$KERNEL_SOURCE"
}

# build_user_kernel ROOT VERSION DIRECTORY: writes DIRECTORY/linux, DIRECTORY/initramfs and DIRECTORY/version.
build_user_kernel() {
  local root=$1 version=$2 out=$3
  mkdir -p -- "$out/source" "$out/tree"/{bin,proc,sys,dev,root} || return
  fetch_kernel_source "$version" "$out/source" || return
  cp -- "$LAB_DIR/guest/kernel-user.config" "$out/source/.config" || return
  # What it asks for and this source does not have, it leaves out without a word.
  # shellcheck disable=SC2016  # expanded in the root
  contained sh -c 'mount --bind "$2" "$1/mnt" && exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/mnt sh -c "$3"' \
    build-kernel "$root" "$out/source" '
    cd /mnt && make ARCH=um olddefconfig && make ARCH=um -j"$(nproc)" linux && make -s ARCH=um kernelversion >version' >"$out/log" 2>&1 || {
    tail -n 25 -- "$out/log" >&2
    return 1
  }
  missing_options "$LAB_DIR/guest/kernel-user.config" "$out/source/.config" || return
  mv -- "$out/source/linux" "$out/source/version" "$out" || return
  cp -- "$root/bin/busybox" "$out/tree/bin/busybox" || return
  install -m 0755 -- "$LAB_DIR/guest/boot" "$out/tree/init" || return
  in_tree "$root" "$out/tree" 'find . | cpio --quiet --create --format=newc' >"$out/initramfs" || return
  rm -rf -- "$out/source" "$out/tree"
}

# missing_options ASKED GOT: says which options are not as asked for, and fails then. What is not to be set may also not be known.
missing_options() {
  local line name status=0
  while read -r line; do
    name=${line#\# }
    name=${name%%[= ]*}
    if [[ $line == CONFIG_* ]]; then
      grep -qxF -- "$line" "$2"
    else
      ! grep -q "^$name=" "$2"
    fi || { say "the kernel's source does not have it so: $line"; status=1; }
  done < <(grep -E '^(CONFIG_|# CONFIG_[A-Z0-9_]+ is not set$)' -- "$1")
  return "$status"
}
