# shellcheck shell=bash
# The kernel `user`: the source of the kernel `current`, built to run as a process of this machine (user-mode Linux).

# fetch_kernel_source VERSION DIRECTORY: puts the source that Debian built the kernel VERSION of into DIRECTORY. It is fetched with
# the root's own package lists, so that apt checks where it comes from.
fetch_kernel_source() {
  local package fetched=$LAB_DIR/target/kernel-source status=0
  package=linux-source-$(cut -d. -f1,2 <<<"$1")
  mkdir -p -- "$fetched"
  apt_transport_settings >"$fetched/apt.conf"
  # shellcheck disable=SC2016  # expanded in the root
  contained "$LAB_DIR/lib/in-root" env "APT_CONFIG=$fetched/apt.conf" sh -ec '
    cd "$2"
    apt-get update
    apt-get download "$1"' fetch-kernel "$package" "$fetched" >"$fetched/log" 2>&1 || status=$?
  if ((status)); then
    tail -n 5 -- "$fetched/log" >&2
    return 1
  fi
  # A part of it has no place in a process: drivers of graphics cards are a third of it.
  dpkg-deb --fsys-tarfile "$fetched/$package"_*.deb | tar -xO "./usr/src/$package.tar.xz" |
    tar -xJ --strip-components=1 --exclude='*/drivers/gpu/*.[ch]' --exclude='*/Documentation/*.rst' -C "$2" || return
  rm -rf -- "$fetched"
}

# build_user_kernel ROOT VERSION DIRECTORY: writes DIRECTORY/linux and DIRECTORY/initramfs.
build_user_kernel() {
  local root=$1 version=$2 out=$3
  mkdir -p -- "$out/source" "$out/tree"/{bin,proc,sys,dev,root}
  printf '%s\n' "$version" >"$out/version"
  fetch_kernel_source "$version" "$out/source" || return
  cp -- "$LAB_DIR/guest/kernel-user.config" "$out/source/.config"
  # What it asks for and this source does not have, it leaves out without a word.
  # shellcheck disable=SC2016  # expanded in the root
  contained sh -c 'mount --bind "$2" "$1/mnt" && exec chroot "$1" env -i PATH="$PATH" TMPDIR=/mnt sh -c "$3"' build-kernel "$root" "$out/source" '
    cd /mnt && make ARCH=um olddefconfig && make ARCH=um -j"$(nproc)" linux' >"$out/log" 2>&1 || {
    tail -n 25 -- "$out/log" >&2
    return 1
  }
  missing_options "$LAB_DIR/guest/kernel-user.config" "$out/source/.config" || return
  mv -- "$out/source/linux" "$out/linux"
  cp -- "$root/bin/busybox" "$out/tree/bin/busybox"
  install -m 0755 -- "$LAB_DIR/guest/boot" "$out/tree/init"
  in_tree "$root" "$out/tree" 'find . | cpio --quiet --create --format=newc' >"$out/initramfs" || return
  rm -rf -- "$out/source" "$out/tree"
}

# missing_options ASKED GOT: says which options are not as asked for, and fails then.
missing_options() {
  local option status=0
  while read -r option; do
    grep -qxF -- "$option" "$2" || { say "the source of the kernel does not know $option any more"; status=1; }
  done < <(grep '=' -- "$1")
  return "$status"
}
