# shellcheck shell=bash disable=SC2154 # JOB and CONSOLE are of job.sh and machine.sh
# The kernel `user` as a process, and its ports to and from the guest.

# user_options: one option a line. It has one processor: user-mode Linux runs no two threads of one process at once, so a second
# one costs more than it gains. Where nothing lies at random addresses (norandmaps), gdb finds it where it was.
user_options() {
  local terminal=null
  [[ -z $TERMINAL ]] || terminal=fd:0,fd:1
  printf '%s\n' "mem=${DSA_LAB_MEMORY:-6144}M" "initrd=$LAB_USER/initramfs" "lab_job=$JOB/told" "uml_dir=$JOB/uml" umid=lab seccomp=on \
    con=null con0=null,fd:6 "con1=$terminal" ssl=null ssl0=null,fd:3 ssl1=null,fd:4 ssl2=null,fd:5 \
    norandmaps quiet loglevel=4
}

# memory_directory: where the guest's memory has its file, which takes what the guest uses.
memory_directory() {
  local free
  free=$(df --output=avail -B1M -- /dev/shm 2>/dev/null | tail -n 1)
  if ((${free:-0} >= ${DSA_LAB_MEMORY:-6144})); then
    echo /dev/shm
  else
    echo "$JOB"
  fi
}

PROCESSOR=
PROCESSOR_LOCK=

# own_processor: PROCESSOR is one that no other guest of this kind has, the last first, or all if there is none. It is had for as
# long as this script runs.
own_processor() {
  local name list piece processor
  [[ -z $PROCESSOR ]] || return 0
  while read -r name list; do
    [[ $name != Cpus_allowed_list: ]] || break
  done </proc/self/status
  for piece in $(tr , '\n' <<<"$list" | tac); do
    for ((processor = ${piece#*-}; processor >= ${piece%-*}; processor--)); do
      exec {PROCESSOR_LOCK}>"$LAB_CACHE/processor-$processor"
      if flock --nonblock "$PROCESSOR_LOCK"; then
        PROCESSOR=$processor
        return
      fi
      exec {PROCESSOR_LOCK}>&-
    done
  done
  PROCESSOR=$list
  PROCESSOR_LOCK=
}

# launch_user: in a process namespace, since each process of the guest is one of this machine too. It is not the first one in there,
# which cannot end itself by a signal, as the kernel does after a panic.
launch_user() {
  local memory
  memory=$(memory_directory)
  [[ $memory != "$JOB" ]] || need_space "$JOB" "${DSA_LAB_MEMORY:-6144}" "set DSA_LAB_MEMORY to less, or TMPDIR to a directory with more room"
  # Its processes take turns, and wake each other many thousand times a second: on one processor that is cheap.
  own_processor
  # The pipes are opened in there, since whoever waits for a reader that was killed has to end with all else.
  TMPDIR=$memory HOME=$JOB JOB=$JOB setpriv --pdeathsig KILL taskset --cpu-list "$PROCESSOR" \
    unshare --pid --mount --fork --kill-child --mount-proc \
    sh -c 'ulimit -c 0; "$@" 3>"$JOB/out" 4>"$JOB/err" 5>"$JOB/status"; exit $?' user-machine "$LAB_USER/linux" "${options[@]}" \
    <"$input" >"$output" 2>"$JOB/machine" 6>>"$CONSOLE" &
  MACHINE=$!
}
