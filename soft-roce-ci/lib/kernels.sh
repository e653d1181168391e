# shellcheck shell=bash
# A kernel and a small initramfs for each of the lab's two kernels.

# What the guest needs before it has its root, and what every guest needs after. modprobe loads any other module
# from the root. libnvdimm is named because Debian hangs a key loader on it, which hides the module itself. Those that a kernel has built in, or no longer has (crc32_generic on `current`), are left out.
BOOT_MODULES=(virtio_pci virtio_console 9pnet_virtio 9p overlay)
LAB_MODULES=(crc32_generic rdma_rxe ib_uverbs rdma_ucm veth libnvdimm nfit nd_pmem dax_pmem device_dax)

# module_files ROOT VERSION MODULE…: the files to load, in order.
module_files() {
  local root=$1 version=$2 module
  shift 2
  for module in "$@"; do
    chroot "$root" modprobe --set-version "$version" --ignore-install --show-depends "$module" 2>/dev/null || [[ $module == crc32_generic ]] || return
  done | awk '$1 == "insmod" { print $2 }'
}

# build_kernel ROOT VERSION DIRECTORY: writes DIRECTORY/vmlinuz and DIRECTORY/initramfs.
build_kernel() {
  local root=$1 version=$2 out=$3 file
  mkdir -p "$out"/tree/{bin,modules,proc,sys,dev,root}
  printf '%s\n' "$version" >"$out/version"
  cp -- "$root/boot/vmlinuz-$version" "$out/vmlinuz" || return
  cp -- "$root/bin/busybox" "$out/tree/bin/busybox" || return
  install -m 0755 -- "$LAB_DIR/guest/boot" "$out/tree/init" || return
  module_files "$root" "$version" "${BOOT_MODULES[@]}" | awk '!seen[$0]++' >"$out/boot-modules" || return
  module_files "$root" "$version" "${LAB_MODULES[@]}" | awk '!seen[$0]++' | grep -vxFf "$out/boot-modules" >"$out/lab-modules" || return
  # Without their signatures and type information, which nothing here reads, modules load three times as fast.
  while read -r file; do
    case $file in
      *.ko.xz) xz --decompress --stdout -- "$root$file" ;;
      *.ko) cat -- "$root$file" ;;
      *) say "$file: a kernel module in a form that the lab does not know"; return 1 ;;
    esac >"$out/tree/modules/$(module_name "$file")" || return
  done < <(cat -- "$out"/{boot,lab}-modules)
  for file in boot lab; do
    while read -r module; do
      module_name "$module"
    done <"$out/$file-modules" >"$out/tree/modules/$file"
    rm -- "$out/$file-modules"
  done
  in_tree "$root" "$out/tree" '
    for module in modules/*.ko; do
      objcopy --strip-debug --remove-section=.BTF --remove-section=.BTF.base "$module" || exit
    done
    find . | cpio --quiet --create --format=newc' >"$out/initramfs" || return
  rm -rf -- "$out/tree"
}

module_name() {
  local name=${1##*/}
  printf '%s\n' "${name%.xz}"
}

# in_tree ROOT TREE SCRIPT: runs SCRIPT in TREE with the tools of ROOT.
in_tree() {
  ROOT=$1 TREE=$2 SCRIPT=$3 unshare --mount --propagation private sh -c '
    mount --bind "$TREE" "$ROOT/mnt" && exec chroot "$ROOT" sh -c "cd /mnt && $SCRIPT"'
}
