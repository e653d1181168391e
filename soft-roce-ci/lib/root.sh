# shellcheck shell=bash
# The lab's Debian root: one directory with everything the guest and the build need, and both kernels.

# package_list FILE...: the packages that the lists name, comments dropped.
package_list() {
  sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' -- "$@"
}

# contained COMMAND…: runs it in namespaces of its own, so that its processes and its mounts end with this script, however
# that ends.
contained() {
  local status=0
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null &
  LAB_BUILDER=$!
  wait "$LAB_BUILDER" || status=$?
  LAB_BUILDER=
  return "$status"
}

# build_root DIRECTORY: makes DIRECTORY/root, and beside it kernel-stable and kernel-current with their versions.
build_root() {
  local out=$1 scratch=$1/scratch sources includes current in_root
  need_keyring
  mkdir -p "$scratch"
  lab_sources >"$scratch/sources" || return
  apt_transport_settings >"$scratch/apt.conf"
  mapfile -t sources <"$scratch/sources"
  includes=$(package_list "$LAB_DIR/guest/packages" "$LAB_DIR/guest/packages.kernel-stable" | paste -sd,)
  current=$(package_list "$LAB_DIR/guest/packages.kernel-current" | paste -sd' ')

  # The host's apt installs into the root, as mmdebstrap itself has it do: it knows the way to the mirrors.
  in_root='-o Dir::Bin::dpkg=env -o DPkg::Options::=--unset=TMPDIR -o DPkg::Options::=dpkg -o DPkg::Chroot-Directory="$1"'
  # INITRD=No: Debian's kernel packages then make no initramfs; kernels.sh makes a far smaller one.
  # man1 must exist for Java's update-alternatives.
  # The kernel that is there before the second one is installed is `stable`, the newcomer is `current`.
  INITRD=No OUT=$out contained mmdebstrap \
    --quiet --mode=root --variant=minbase --include="$includes" --keyring="$DEBIAN_KEYRING" \
    --aptopt="$scratch/apt.conf" --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --setup-hook='mkdir -p "$1/usr/share/man/man1"' \
    --customize-hook='ls "$1/usr/lib/modules" >"$OUT/kernel-stable"' \
    --customize-hook="APT_CONFIG=\"\$MMDEBSTRAP_APT_CONFIG\" apt-get $in_root install --yes --no-install-recommends $current" \
    --customize-hook='ls "$1/usr/lib/modules" | grep -vxFf "$OUT/kernel-stable" >"$OUT/kernel-current"' \
    --customize-hook='rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/resolv.conf" "$1/etc/hostname"' \
    "$LAB_SUITE" "$out/root" "${sources[@]}" >"$out/log" 2>&1 || return
  mkdir "$out/mnt"
  rm -rf -- "$scratch"
}
