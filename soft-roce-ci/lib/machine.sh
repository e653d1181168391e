# shellcheck shell=bash
# The machine of one run: QEMU, or the kernel `user` (user-machine.sh), its ports to and from the guest, and how it ends.

LAB_BOOT_LIMIT=180
LAB_PIDS=()
NVDIMM_MIB=1024
FSDAX_MIB=256
NVME_MIB=2048

# How the guest talks to `run`: a port each for the command's output, its errors, and the guest's own status lines.
port() {
  printf '%s\n' -chardev "file,id=$1,path=$JOB/$1" -device "virtserialport,chardev=$1,name=$1"
}

share() {
  printf '%s\n' -fsdev "local,id=$1,path=${2//,/,,},security_model=none,multidevs=remap$3" -device "virtio-9p-pci,fsdev=$1,mount_tag=$1"
}

# machine_options KERNEL NVME NVDIMM CONSOLE: one option a line.
# The kernel comes up on one processor (maxcpus=1) and guest/boot adds the second: QEMU's emulation does not always notice at
# once that the kernel patches code which the other processor runs, which then meets a breakpoint that nobody knows any more. Where nothing lies at random
# addresses (norandmaps), programs that start again find their code translated: a JVM starts in half the time.
# Without the processor's fast string instructions and AVX, which are slow in emulation, copies take a third of their time.
machine_options() {
  local kernel=$1 nvme=$2 nvdimm=$3 console=$4 memory=${DSA_LAB_MEMORY:-6144} nvdimm_size
  nvdimm_size=$(stat -c %s -- "$nvdimm")
  printf '%s\n' -nodefaults -no-user-config -display none -no-reboot \
    -machine q35,nvdimm=on,i8042=off -accel tcg,thread=multi,tb-size=512 -cpu max,-erms,-fsrm,-avx2,-avx -smp 2 \
    -m "${memory}M,slots=4,maxmem=$((memory + 65536))M" \
    -object "memory-backend-file,id=nv0,share=on,mem-path=${nvdimm//,/,,},size=$nvdimm_size" \
    -device nvdimm,id=nvd0,memdev=nv0 \
    -object "memory-backend-file,id=nv1,share=on,mem-path=${JOB//,/,,}/fsdax,size=${FSDAX_MIB}M" \
    -device nvdimm,memdev=nv1 \
    -kernel "$LAB_BOOT/$kernel/vmlinuz" -initrd "$LAB_BOOT/$kernel/initramfs" \
    -append "console=ttyS0,115200 maxcpus=1 norandmaps quiet loglevel=4 panic=-1 mitigations=off audit=0 nmi_watchdog=0 random.trust_cpu=on cryptomgr.notests rcupdate.rcu_expedited=1" \
    -serial "file:${console//,/,,}" -device virtio-serial-pci
  port out
  port err
  port status
  share root "$LAB_ROOT/root" ,readonly=on
  share job "$JOB/told" ''
  share project "$PROJECT_DIR" ''
  share maven "$(<"$JOB/told/maven-repository")" ,readonly=on
  if [[ -n $TERMINAL ]]; then
    printf '%s\n' -chardev stdio,id=terminal,signal=off -device virtconsole,chardev=terminal
  fi
  if [[ -n $nvme ]]; then
    printf '%s\n' -drive "file=$nvme,if=none,id=nvme0,format=raw,cache=none" -device nvme,serial=dsa1,drive=nvme0
  fi
}

# run_machine KERNEL TIME_LIMIT NVME NVDIMM CONSOLE: ends the script with the command's exit status.
run_machine() {
  local kernel=$1 time_limit=$2 nvme=$3 nvdimm=$4 options
  CONSOLE=${5:-$JOB/console}
  : >"$CONSOLE" || fail "cannot write $CONSOLE"
  TERMINAL=
  # Where a person sits in front of the command, it gets a terminal too.
  if [[ -t 0 && -t 1 && -t 2 ]]; then
    TERMINAL=$(stty -g)
    stty size >"$JOB/told/terminal"
  fi
  if [[ $kernel == user ]]; then
    LAUNCH=launch_user
    mapfile -t options < <(user_options)
  else
    LAUNCH=launch_qemu
    make_drives
    mapfile -t options < <(machine_options "$kernel" "$nvme" "$nvdimm" "$CONSOLE")
  fi
  start_machine
  await_machine "$time_limit"
}

# make_drives: the files of the NVDIMMs and the NVMe drive; names them in run_machine's nvdimm and nvme.
make_drives() {
  if [[ -z $nvdimm ]]; then
    nvdimm=$JOB/nvdimm
    echo fresh >"$JOB/told/nvdimm"
  elif [[ ! -s $nvdimm ]]; then
    echo fresh >"$JOB/told/nvdimm"
  else
    echo kept >"$JOB/told/nvdimm"
  fi
  [[ -s $nvdimm ]] || truncate --size "${NVDIMM_MIB}M" -- "$nvdimm" || fail "cannot make $nvdimm"
  # The second NVDIMM, for a DAX file system when a test wants one (guest/bin/mounted).
  truncate --size "${FSDAX_MIB}M" -- "$JOB/fsdax"
  if [[ -n $nvme ]]; then
    nvme=$JOB/nvme
    truncate --size "${NVME_MIB}M" -- "$nvme"
    : >"$JOB/told/nvme"
  fi
}

start_machine() {
  local input=/dev/null output=/dev/null
  if [[ -n $TERMINAL ]]; then
    input=/dev/stdin output=/dev/stdout
  fi
  setpriv --pdeathsig KILL cat "$JOB/out" &
  LAB_PIDS+=($!)
  setpriv --pdeathsig KILL cat "$JOB/err" >&2 &
  LAB_PIDS+=($!)
  exec {STATUS}<>"$JOB/status"
  "$LAUNCH"
}

# Killed with this script, even when that is killed with -9.
launch_qemu() {
  setpriv --pdeathsig KILL qemu-system-x86_64 "${options[@]}" >"$output" 2>"$JOB/machine" <"$input" &
  MACHINE=$!
}

# QEMU's emulation does not always notice at once that the kernel has patched its own code while the other processor runs
# it, which it does when it comes up: that processor then meets a breakpoint that nobody knows any more. Until the command
# has started, nothing is lost by booting again.
boot_again() {
  say "the guest kernel panicked while it came up, as it now and then does under emulation; booting again"
  end_machine
  exec {STATUS}<&-
  : >"$CONSOLE"
  start_machine
}

panicked_coming_up() {
  grep -q 'Oops: int3' -- "$CONSOLE" && grep -q 'Kernel panic' -- "$CONSOLE"
}

# Follows the guest's status lines: "up" when the command starts, "exit N" when it has ended, "failed WHY".
await_machine() {
  local deadline=$((SECONDS + $1)) boot_deadline=$((SECONDS + LAB_BOOT_LIMIT)) word rest= up='' boots=1
  while true; do
    if read -r -t 0.5 -u "$STATUS" word rest; then
      case $word in
        up) up=yes boot_deadline=$((SECONDS + 1000000)) ;;
        exit) finish_machine; exit "$rest" ;;
        failed) finish_machine; lab_failed "$rest" ;;
      esac
    elif ! kill -0 "$MACHINE" 2>/dev/null; then
      if [[ -z $up && $boots -lt 3 ]] && panicked_coming_up; then
        boots=$((boots + 1))
        boot_again
        continue
      fi
      if [[ -s $JOB/told/exit ]]; then
        finish_machine
        exit "$(<"$JOB/told/exit")"
      fi
      lab_failed "$(why_dead)"
    elif ((SECONDS >= deadline)); then
      say "the command did not end within $1 s: time limit"
      exit "$LAB_TIMED_OUT"
    elif ((SECONDS >= boot_deadline)); then
      lab_failed "the guest did not come up within $LAB_BOOT_LIMIT s"
    fi
  done
}

# The guest powers itself off once it has said how the command ended; then both outputs are complete.
finish_machine() {
  local i
  for ((i = 0; i < 100; i++)); do
    kill -0 "$MACHINE" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$MACHINE" 2>/dev/null || true
  wait "$MACHINE" 2>/dev/null || true
  MACHINE=
  wait "${LAB_PIDS[@]}" || true
  LAB_PIDS=()
}

why_dead() {
  if grep -q 'Kernel panic' -- "$CONSOLE"; then
    printf 'the guest kernel panicked: %s' "$(grep -m 1 -o 'Kernel panic.*' -- "$CONSOLE")"
  elif grep -q '^dsa-lab: ' -- "$CONSOLE"; then
    grep -m 1 '^dsa-lab: ' -- "$CONSOLE" | tr -d '\r'
  elif [[ -s $JOB/machine ]]; then
    printf 'the machine ended: %s' "$(tail -n 1 -- "$JOB/machine")"
  else
    printf 'the guest ended without saying how the command did'
  fi
}

lab_failed() {
  say "$1"
  if [[ -s $CONSOLE ]]; then
    say "the end of the guest's console:"
    tail -n 20 -- "$CONSOLE" | tr -d '\r' | sed 's/^/  | /' >&2
  fi
  exit "$LAB_FAILED"
}

end_machine() {
  local pid
  for pid in ${MACHINE:-} "${LAB_PIDS[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  MACHINE=
  LAB_PIDS=()
  # QEMU leaves a terminal as it was unless it is killed.
  [[ -z ${TERMINAL:-} ]] || stty "$TERMINAL" 2>/dev/null || true
}
