# shellcheck shell=bash disable=SC2154 # promises sets lab and scratch
# How a run ends: by itself, by its limits, by a dying guest, by a signal to any of the scripts above it.

QUICK+=(status_and_outputs_pass_through a_panic_is_a_failure_of_the_lab
  a_panic_while_coming_up_is_survived a_time_limit_ends_it a_signal_leaves_nothing
  a_killed_script_leaves_nothing a_terminal_reaches_the_command)

status_and_outputs_pass_through() {
  DSA_JAVA_HOME=/nowhere DSA_KEPT=kept expect 7 'to-stderr kept none' \
    "$lab/run" -- bash -c 'echo to-stdout; echo "to-stderr $DSA_KEPT ${DSA_JAVA_HOME:-none}" >&2; exit 7' &&
    grep -q '^to-stdout$' "$scratch/out"
}

a_terminal_reaches_the_command() {
  typed_arrives_at /dev/hvc0
}

# typed_arrives_at TERMINAL OPTION…: a command that is run with the options reads a line from that terminal. `script` is one;
# what is typed before the guest is up waits in it.
typed_arrives_at() {
  local terminal=$1 status=0
  shift
  printf 'typed\n' | script --quiet --return --command \
    "'$lab/run' $* --time-limit 60 -- bash -c 'read -r line; echo \"line=\$line from \$(tty)\"; exit 5'" /dev/null >"$scratch/out" 2>&1 || status=$?
  why="status $status instead of 5, or no answer"
  [[ $status == 5 ]] && grep -q "line=typed from $terminal" "$scratch/out"
}

a_panic_is_a_failure_of_the_lab() {
  expect 125 'the guest kernel panicked: Kernel panic - not syncing: sysrq triggered crash' \
    "$lab/run" -- bash -c 'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 60'
}

# The first QEMU is one that only leaves the console of such a panic.
a_panic_while_coming_up_is_survived() {
  local real
  real=$(command -v qemu-system-x86_64)
  mkdir -p "$scratch/fake"
  cat >"$scratch/fake/qemu-system-x86_64" <<FAKE
#!/bin/sh
[ ! -e "$scratch/fake/panicked" ] || exec "$real" "\$@"
: >"$scratch/fake/panicked"
for option; do
  case \$option in
    file:*) printf 'Oops: int3: 0000\nKernel panic - not syncing: Fatal exception\n' >"\${option#file:}" ;;
  esac
done
FAKE
  chmod +x "$scratch/fake/qemu-system-x86_64"
  expect 0 'booting again' env PATH="$scratch/fake:$PATH" "$lab/run" -- echo works && grep -qx works "$scratch/out"
}

a_time_limit_ends_it() {
  expect 124 'the command did not end within 3 s: time limit' "$lab/run" --time-limit 3 -- sleep 1000
}

# The processes whose command line has the word, this script's own apart.
processes_of() {
  pgrep -f -- "$1" | grep -vx -e "$$" -e "$BASHPID"
}

# nothing_stays WORD: within five seconds.
nothing_stays() {
  local _
  for _ in {1..50}; do
    processes_of "$1" >/dev/null || return 0
    sleep 0.1
  done
  why="left behind: $(processes_of "$1" | xargs -r ps -o pid=,args= -p | cut -c1-120)"
  return 1
}

# machine_of DIRECTORY: waits until a run whose TMPDIR it is has a machine.
machine_of() {
  local _
  for _ in {1..200}; do
    pgrep -f "(qemu-system-x86_64|/linux) .*$1" >/dev/null && return 0
    sleep 0.1
  done
  why='no machine came up'
  return 1
}

# end_by SIGNAL COMMAND…: starts the command with a TMPDIR of its own, and signals it once its machine is there.
end_by() {
  local signal=$1 dir
  shift
  dir=$(mktemp -d "$scratch/end.XXXXXX")
  TMPDIR=$dir setsid "$@" >"$scratch/out" 2>&1 </dev/null &
  local script=$!
  machine_of "$dir" || { kill -KILL "$script"; return 1; }
  kill "-$signal" "$script"
  wait "$script" 2>/dev/null
  nothing_stays "$dir"
}

a_signal_leaves_nothing() {
  end_by TERM "$lab/run" -- sleep 1000 && [[ -z $(ls -A "$scratch"/end.*/) ]] && end_by TERM "$lab/demo" --no-build &&
    end_by TERM "$here/waiting-test"
}

a_killed_script_leaves_nothing() {
  end_by KILL "$lab/run" -- sleep 1000 && end_by KILL "$here/waiting-test"
}
