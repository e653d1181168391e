# shellcheck shell=bash
# A kernel and a small initramfs for each of the lab's two kernels.

# What the guest needs before it has its root. guest/start loads the rest from there.
BOOT_MODULES=(virtio_pci virtio_console 9pnet_virtio 9p overlay)

# build_kernel ROOT VERSION DIRECTORY: writes DIRECTORY/vmlinuz and DIRECTORY/initramfs.
build_kernel() {
  local root=$1 version=$2 out=$3 tree=$3/tree module file
  mkdir -p "$tree"/{bin,modules,proc,sys,dev,root}
  printf '%s\n' "$version" >"$out/version"
  cp -- "$root/boot/vmlinuz-$version" "$out/vmlinuz"
  cp -- "$root/bin/busybox" "$tree/bin/busybox"
  install -m 0755 -- "$LAB_DIR/guest/boot" "$tree/init"
  for module in "${BOOT_MODULES[@]}"; do
    chroot "$root" modprobe --set-version "$version" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$out/modules" || return
  while read -r file; do
    module=$(basename "${file%.ko*}").ko
    case $file in
      *.xz) xz --decompress --stdout -- "$root$file" >"$tree/modules/$module" || return ;;
      *.ko) cp -- "$root$file" "$tree/modules/$module" || return ;;
      *) say "$file: a kernel module in a form that the lab does not know"; return 1 ;;
    esac
    printf '%s\n' "$module" >>"$tree/modules/order"
  done <"$out/modules"
  mv -- "$tree" "$root/initramfs"
  chroot "$root" sh -c 'cd /initramfs && find . | cpio --quiet --create --format=newc' >"$out/initramfs" || return
  rm -rf -- "$root/initramfs"
}
