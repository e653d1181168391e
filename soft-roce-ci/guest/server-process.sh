# shellcheck shell=bash disable=SC2154 # pool and server_address are guest/demo's
# The demo's server process: starting, killing, and the CPU time that it uses while data moves.

SERVER=
WATCHER=

# start_server DIRECTORY: starts `dsa server` in host1 and waits until it listens. SERVER is its process.
start_server() {
  local config=$1/server.yaml log=$1/server.log deadline=$((SECONDS + 60))
  printf '%s\n' "listen: $server_address" pools: "  - $pool" >"$config"
  on host1 dsa server --config "$config" >"$log" 2>&1 &
  SERVER=$!
  until grep -q "^listening on " "$log"; do
    if ! kill -0 "$SERVER" 2>/dev/null || ((SECONDS >= deadline)); then
      echo 'demo: the server did not come up:' >&2
      cat -- "$log" >&2
      exit 1
    fi
    sleep 0.2
  done
  echo "process $SERVER: $(grep -m 1 "^listening on " "$log")"
}

kill_server() {
  kill -KILL "$SERVER"
  wait "$SERVER" 2>/dev/null || true
  echo "killed process $SERVER"
  SERVER=
}

stop_server() {
  unwatch_server
  if [[ -n $SERVER ]]; then
    kill -TERM "$SERVER" 2>/dev/null || true
    wait "$SERVER" 2>/dev/null || true
    SERVER=
  fi
}

# server_ticks: user and system time of the server process, in clock ticks.
server_ticks() {
  local stat
  stat=$(<"/proc/$SERVER/stat")
  read -r -a stat <<<"${stat##*) }"
  echo "$((stat[11] + stat[12]))"
}

# moved_packets: RDMA packets that the devices have received.
moved_packets() {
  cat /sys/class/infiniband/*/ports/1/hw_counters/rcvd_pkts 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'
}

# watch_server FILE: four times a second, writes "TIME TICKS PACKETS" to FILE until unwatch_server.
watch_server() {
  (
    trap 'exit 0' TERM
    while true; do
      echo "$EPOCHREALTIME $(server_ticks) $(moved_packets)"
      sleep 0.25
    done
  ) >"$1" 2>/dev/null &
  WATCHER=$!
}

unwatch_server() {
  if [[ -n $WATCHER ]]; then
    kill -TERM "$WATCHER" 2>/dev/null || true
    wait "$WATCHER" 2>/dev/null || true
    WATCHER=
  fi
}

# An interval belongs to the time in which data moved when more than 200 packets arrived in it.
moving() {
  awk -v hz="$(getconf CLK_TCK)" '
    FNR > 1 && $3 - packets > 200 { seconds += $1 - time; ticks += $2 - before }
    { time = $1; before = $2; packets = $3 }
    END { printf "%.2f %.2f\n", seconds, ticks / hz }' "$@"
}

moving_seconds() {
  moving "$@" | cut -d' ' -f1
}

moving_cpu() {
  moving "$@" | cut -d' ' -f2
}

server_idle() {
  moving "$@" | awk '{ exit !($1 > 0 && $2 < 0.02 * $1) }'
}

# bench_rows FILE: the rows of the table that come from `dsa bench -o json`.
bench_rows() {
  local operation median p99
  while IFS=$'\t' read -r operation median p99; do
    row "4 KiB $operation: microseconds" "median $median, p99 $p99"
  done < <(jq -r '.microseconds[] | [.operation, .median, .p99] | @tsv' "$1")
}
