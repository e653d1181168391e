# shellcheck shell=bash disable=SC2154 # told, project, guest and kernel are guest/start's
# The guest's ports to `run`, and the command itself.

# open_ports: PORT_OUT, PORT_ERR and PORT_STATUS are the device files that lead to `run`, TERMINAL the one to its terminal.
open_ports() {
  local entry name
  if [[ $kernel == user ]]; then
    open_lines
    return
  fi
  TERMINAL=/dev/hvc0
  for entry in /sys/class/virtio-ports/*; do
    # The terminal's has none.
    [[ -e $entry/name ]] || continue
    name=$(<"$entry/name")
    printf -v "PORT_${name^^}" /dev/%s "${entry##*/}"
  done
  exec {STATUS}>"$PORT_STATUS"
}

# open_lines: the same on serial lines, which the kernel `user` has for it. They stay as they are set for as long as
# they are open.
open_lines() {
  PORT_OUT=/dev/ttyS0 PORT_ERR=/dev/ttyS1 PORT_STATUS=/dev/ttyS2 TERMINAL=/dev/tty1
  exec {LINE_OUT}>"$PORT_OUT" {LINE_ERR}>"$PORT_ERR" {STATUS}>"$PORT_STATUS"
  set_lines
}

# set_lines: what is written to them arrives as it is. Returns when all that was written before has arrived.
set_lines() {
  local line
  for line in "$PORT_OUT" "$PORT_ERR" "$PORT_STATUS"; do
    stty --file "$line" raw -echo
  done
}

# tell STATUS-LINE: reaches `run` at once.
tell() {
  printf '%s\n' "$*" >&"$STATUS"
}

give_up() {
  echo "dsa-lab: $*" >/dev/console
  tell failed "$*"
  power_off
}

power_off() {
  /run/busybox sync
  /run/busybox poweroff -f
  sleep 60
}

# place_dsa: prints the directory of the `dsa` command: a copy in memory, from where a JVM starts a second sooner than from the
# project's share.
place_dsa() {
  local built=$project/cli/target/dsa
  [[ ! -d $built ]] || /run/busybox cp -a "$built" /run/dsa
  echo /run/dsa/bin
}

# place_class_cache: prints the options with which a JVM uses the cache that guest/class-cache has written, if it is of this build.
place_class_cache() {
  local cache=$project/soft-roce-ci/target/dsa.aot jar
  [[ -s $cache ]] || return 0
  for jar in "$project"/cli/target/dsa/lib/*.jar; do
    [[ $cache -nt $jar ]] || return 0
  done
  /run/busybox cp "$cache" /run/dsa.aot
  # At the address that it was made for: anywhere else, each of its pages has to be changed before the JVM starts.
  echo " -XX:AOTCache=/run/dsa.aot -XX:ArchiveRelocationMode=0 -Xlog:aot=off"
}

run_command() {
  local command environment directory options status out err rows columns _
  mapfile -d '' -t command <"$told/command"
  mapfile -d '' -t environment <"$told/environment"
  directory=$(<"$told/directory")
  ulimit -l unlimited
  ulimit -n 65536
  # The second compiler takes half a minute, emulated, before it pays; `soft-roce-ci/bench` waits for that.
  options=-XX:TieredStopAtLevel=1
  # There a page that is touched for the first time costs eighty microseconds, and what few pages a JVM begins with it uses again.
  [[ $kernel != user ]] || options+=" -Xmn2m"
  environment=("DSA_JAVA_OPTS=$options$(place_class_cache)" "${environment[@]}")
  environment+=(
    "PATH=$(place_dsa):$guest/bin:$PATH" "HOME=$HOME" "LANG=$LANG"
    "JAVA_HOME=$(echo /usr/lib/jvm/java-25-openjdk-*)" USER=root LOGNAME=root SHELL=/bin/bash
  )
  # A port can be opened by one process only, so the command writes to pipes.
  /run/busybox cat /run/command.out >"$PORT_OUT" &
  out=$!
  /run/busybox cat /run/command.err >"$PORT_ERR" &
  err=$!
  tell up
  (
    cd "$directory" || exit
    if [[ -e $told/terminal ]]; then
      read -r rows columns <"$told/terminal"
      # Open from here on: what was typed before is lost with the last one who closes it.
      exec <"$TERMINAL" >"$TERMINAL" 2>&1
      stty rows "$rows" cols "$columns"
      exec setsid --wait --ctty env -i "${environment[@]}" "${command[@]}"
    fi
    exec env -i "${environment[@]}" "${command[@]}" >/run/command.out 2>/run/command.err </dev/null
  ) {STATUS}>&-
  status=$?
  # What the command left in the background may hold the pipes open: wait for the outputs, but not for that.
  for _ in {1..20}; do
    kill -0 "$out" 2>/dev/null || kill -0 "$err" 2>/dev/null || break
    /run/busybox sleep 0.05
  done
  /run/busybox sync
  # On the share too, which answers: what goes to a port may be lost when the machine ends at the same moment.
  echo "$status" >"$told/exit"
  tell exit "$status"
  [[ $kernel != user ]] || set_lines
  power_off
}
