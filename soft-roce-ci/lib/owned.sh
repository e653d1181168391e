# shellcheck shell=bash
# Commands that end with the script that started them, whatever ends that: a signal, Ctrl-C, or kill -9.

OWNED=

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

end_owned() {
  if [[ -n $OWNED ]]; then
    kill -TERM "$OWNED" 2>/dev/null || true
    wait "$OWNED" 2>/dev/null || true
    OWNED=
  fi
}

# end_on_signals: for scripts that have nothing else to put away.
end_on_signals() {
  trap 'end_owned; exit 130' INT
  trap 'end_owned; exit 143' TERM
  trap 'end_owned; exit 129' HUP
}
