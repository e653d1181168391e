# shellcheck shell=bash
# Commands that end with the script that started them, whatever ends that: a signal, Ctrl-C, or kill -9.

OWNED=
BESIDE=()

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

# own_beside FILE COMMAND…: begins a program that runs beside what follows, its output in FILE, or where the script's own is if
# that is `-`. BEGUN is its process.
own_beside() {
  local output=$1
  shift
  if [[ $output == - ]]; then
    setpriv --pdeathsig TERM -- "$@" </dev/null &
  else
    setpriv --pdeathsig TERM -- "$@" </dev/null >"$output" 2>&1 &
  fi
  BEGUN=$!
  BESIDE[BEGUN]=$BEGUN
}

# join_any: waits until any of these programs has ended, and returns its status. ENDED is its process.
join_any() {
  local status=0 process
  wait -n -p ENDED "${BESIDE[@]}" || status=$?
  if [[ -z ${ENDED:-} ]]; then
    # One that a signal has ended may have been noticed by the shell already; `wait` for it alone knows how.
    for process in "${BESIDE[@]}"; do
      if ! kill -0 "$process" 2>/dev/null; then
        ENDED=$process status=0
        wait "$process" || status=$?
        break
      fi
    done
  fi
  unset "BESIDE[ENDED]"
  return "$status"
}

end_owned() {
  local process processes=(${OWNED:+"$OWNED"} "${BESIDE[@]}")
  for process in "${processes[@]}"; do
    kill -TERM "$process" 2>/dev/null || true
  done
  for process in "${processes[@]}"; do
    wait "$process" 2>/dev/null || true
  done
  OWNED=
  BESIDE=()
}

# end_on_signals: for scripts that have nothing else to put away.
end_on_signals() {
  trap 'end_owned; exit 130' INT
  trap 'end_owned; exit 143' TERM
  trap 'end_owned; exit 129' HUP
}
