# shellcheck shell=bash
# Commands that end with the script that started them, whatever ends that: a signal, Ctrl-C, or kill -9.

OWNED=
BESIDE=
BESIDE_OUTPUT=

# own COMMAND…: runs a program, no function, and returns its status.
own() {
  local status=0
  # In the background, because bash notices a signal only between two commands of the foreground.
  setpriv --pdeathsig TERM -- "$@" <&0 &
  OWNED=$!
  wait "$OWNED" || status=$?
  OWNED=
  return "$status"
}

# own_beside FILE COMMAND…: begins a program that runs beside what follows and gives way to it, its output in FILE; one at
# a time.
own_beside() {
  BESIDE_OUTPUT=$1
  shift
  setpriv --pdeathsig TERM -- nice "$@" </dev/null >"$BESIDE_OUTPUT" 2>&1 &
  BESIDE=$!
}

# join_beside: waits for that program, prints what it printed and returns its status.
join_beside() {
  local status=0
  wait "$BESIDE" || status=$?
  BESIDE=
  cat -- "$BESIDE_OUTPUT"
  return "$status"
}

end_owned() {
  local process
  for process in $OWNED $BESIDE; do
    kill -TERM "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  OWNED=
  BESIDE=
}

# end_on_signals: for scripts that have nothing else to put away.
end_on_signals() {
  trap 'end_owned; exit 130' INT
  trap 'end_owned; exit 143' TERM
  trap 'end_owned; exit 129' HUP
}
