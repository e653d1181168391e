# shellcheck shell=bash
# The guest's mounts, its ports to `run`, its modules, and the command itself.

mount_system() {
  mkdir -p /dev/pts /dev/shm
  mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
  mount -t tmpfs -o mode=1777 shm /dev/shm
  ln -sf /proc/self/fd /dev/fd
  ln -sf /proc/self/fd/0 /dev/stdin
  ln -sf /proc/self/fd/1 /dev/stdout
  ln -sf /proc/self/fd/2 /dev/stderr
  mkdir -p /run/lock
  echo lab >/proc/sys/kernel/hostname
  echo core >/proc/sys/kernel/core_pattern
}

# open_ports: PORT_OUT, PORT_ERR and PORT_STATUS are the device files that lead to `run`.
open_ports() {
  local entry name
  for entry in /sys/class/virtio-ports/*; do
    name=$(<"$entry/name")
    printf -v "PORT_${name^^}" /dev/%s "${entry##*/}"
  done
  exec {STATUS}>"$PORT_STATUS"
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
  sync
  busybox poweroff -f
  sleep 60
}

mount_maven_repository() {
  mkdir -p "$1"
  mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,ro,cache=loose maven "$1"
}

# Device files that udev would have made readable; devtmpfs has made all of them.
settle_devices() {
  chmod 0666 /dev/infiniband/* 2>/dev/null
}

run_command() {
  local command environment directory status cats
  mapfile -d '' -t command <"$told/command"
  mapfile -d '' -t environment <"$told/environment"
  directory=$(<"$told/directory")
  ulimit -l unlimited
  ulimit -n 65536
  environment+=(
    "PATH=$project/cli/target/dsa/bin:$guest/bin:$PATH" "HOME=$HOME" "LANG=$LANG"
    "JAVA_HOME=$(echo /usr/lib/jvm/java-25-openjdk-*)" USER=root LOGNAME=root SHELL=/bin/bash
  )
  # A port can be opened by one process only, so the command writes to pipes.
  mkfifo /run/command.out /run/command.err
  cat /run/command.out >"$PORT_OUT" &
  cats=$!
  cat /run/command.err >"$PORT_ERR" &
  cats="$cats $!"
  tell up
  (
    cd "$directory" || exit
    exec env -i "${environment[@]}" "${command[@]}" >/run/command.out 2>/run/command.err </dev/null
  ) {STATUS}>&-
  status=$?
  # What the command left in the background may hold the pipes open: wait for the outputs, but not for that.
  for _ in {1..20}; do
    kill -0 $cats 2>/dev/null || break
    sleep 0.05
  done
  sync
  tell exit "$status"
  power_off
}
