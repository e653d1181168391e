# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# NVMe over Fabrics by RDMA, the kernel's own target and host, on the same NVDIMM as a block device. Both ends are in the
# guest itself, whatever number of hosts there is: the kernel's NVMe-oF knows no network namespaces.

NVMEOF_TARGET=/sys/kernel/config/nvmet
NVMEOF_NAME=dsa-bench
NVMEOF_DEVICE=

start_nvmeof() {
  local port=$NVMEOF_TARGET/ports/1 subsystem=$NVMEOF_TARGET/subsystems/$NVMEOF_NAME address=$server_ip _
  modprobe -a nvmet-rdma nvme-rdma
  mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
  if ((${DSA_LAB_HOSTS:-1} > 1)); then
    address=10.9.0.254
    rdma link show rxe0/1 >"$work/link" 2>&1 || rdma link add rxe0 type rxe netdev lab0
  fi
  ndctl create-namespace -f -m fsdax -e namespace0.0 >"$work/ndctl" 2>&1 || die "no block device of the NVDIMM: $(<"$work/ndctl")"
  mkdir "$subsystem" "$subsystem/namespaces/1" "$port"
  echo 1 >"$subsystem/attr_allow_any_host"
  echo -n /dev/pmem0 >"$subsystem/namespaces/1/device_path"
  echo 1 >"$subsystem/namespaces/1/enable"
  echo rdma >"$port/addr_trtype"
  echo ipv4 >"$port/addr_adrfam"
  echo "$address" >"$port/addr_traddr"
  echo 4420 >"$port/addr_trsvcid"
  ln -s "$subsystem" "$port/subsystems/$NVMEOF_NAME"
  # One queue, as all the others have.
  nvme connect -t rdma -a "$address" -s 4420 -n "$NVMEOF_NAME" -i 1 >"$work/nvme" 2>&1 || die "nvme connect: $(<"$work/nvme")"
  for _ in {1..50}; do
    NVMEOF_DEVICE=$(nvme list -o json | jq -r '[.. | .DevicePath? // empty, (.NameSpace? | strings | select(test("^nvme")) | "/dev/" + .)] | first // empty')
    [[ -b $NVMEOF_DEVICE ]] && return
    sleep 0.1
  done
  die "nvme connect made no device"
}

stop_nvmeof() {
  [[ -d $NVMEOF_TARGET/subsystems/$NVMEOF_NAME ]] || return 0
  nvme disconnect -n "$NVMEOF_NAME" >"$work/nvme" 2>&1 || echo "nvmeof: cannot disconnect: $(<"$work/nvme")" >&2
  rm -f "$NVMEOF_TARGET/ports/1/subsystems/$NVMEOF_NAME"
  rmdir "$NVMEOF_TARGET/ports/1" "$NVMEOF_TARGET/subsystems/$NVMEOF_NAME/namespaces/1" "$NVMEOF_TARGET/subsystems/$NVMEOF_NAME"
  ndctl create-namespace -f -m devdax -e namespace0.0 >"$work/ndctl" 2>&1
}

measure_nvmeof() {
  local options=(--rw=randread)
  case $1 in
    write) options=(--rw=randwrite) ;;
    durable-write) options=(--rw=randwrite --sync=dsync) ;;
  esac
  "${PLACED[@]}" fio --name=bench --filename="$NVMEOF_DEVICE" "${options[@]}" --bs="$2" --iodepth="$3" --size="$region_bytes" \
    --ioengine=io_uring --direct=1 --time_based --runtime="$(seconds_of "$2")" --ramp_time=1 --lat_percentiles=1 \
    --output-format=json >"$work/fio"
  jq -c '.jobs[0] | if .read.total_ios > 0 then .read else .write end
    | {iops, median: (.lat_ns.percentile["50.000000"] / 1000), mean: (.lat_ns.mean / 1000), p99: (.lat_ns.percentile["99.000000"] / 1000)}' "$work/fio"
}
