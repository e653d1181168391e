# shellcheck shell=bash disable=SC2154 # pool and server_address are the caller's
# A server process: starting, killing, and the CPU time that it uses while data moves.

SERVER=
WATCHER=

# start_server DIRECTORY: starts `dsa server` in host1 and waits until it listens. SERVER is its process. Its users are
# kept in DIRECTORY, and every `dsa` from here on is their admin.
start_server() {
  local config=$1/server.yaml log=$1/server.log deadline=$((SECONDS + 120))
  local admin=${server_address%:*}:7480
  printf '%s\n' "listen: $server_address" "admin: $admin" "state-directory: $1/state" pools: "  - $pool" >"$config"
  export DSA_CREDENTIALS=$1/state/admin.credentials DSA_ADMIN=https://$admin
  # An emulated server takes seconds for its first TLS handshake, and several times that beside another guest.
  export DSA_TIMEOUT=${DSA_TIMEOUT:-60}
  on host1 dsa server --config "$config" >"$log" 2>&1 &
  SERVER=$!
  until grep -q '^listening on ' "$log"; do
    if ! kill -0 "$SERVER" 2>/dev/null || ((SECONDS >= deadline)); then
      echo 'the server did not come up:' >&2
      cat -- "$log" >&2
      exit 1
    fi
    sleep 0.2
  done
  DSA_ADMIN_FINGERPRINT=$(sed -n 's/^administered at .*, fingerprint //p' "$log")
  export DSA_ADMIN_FINGERPRINT
  echo "process $SERVER: $(grep -m 1 '^listening on ' "$log")"
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

# watch_server FILE: five times a second until unwatch_server, writes "TIME TICKS PACKETS" to FILE: the server
# process's user and system time in clock ticks, and the RDMA packets that all devices have received. It starts
# no processes, since they would take the CPU that it watches.
watch_server() {
  local counters=(/sys/class/infiniband/*/ports/1/hw_counters/rcvd_pkts)
  (
    trap 'exit 0' TERM
    exec {never}<> <(:)
    while true; do
      read -r stat <"/proc/$SERVER/stat" || break
      read -r -a stat <<<"${stat##*) }"
      packets=0
      for counter in "${counters[@]}"; do
        read -r count <"$counter"
        packets=$((packets + count))
      done
      echo "$EPOCHREALTIME $((stat[11] + stat[12])) $packets"
      read -r -t 0.2 -u "$never" || true
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

# moving FILE…: prints "SECONDS CPU-SECONDS" of the time in which data moved. That is every interval in which packets
# flowed and in both of its neighbours too: in the first and the last ones the server also opened or closed.
moving() {
  awk -v hz="$(getconf CLK_TCK)" '
    function count_last() {
      if (flows[2] && flows[1] && flows[0]) { seconds += length_of[1]; ticks += ticks_of[1] }
    }
    FNR == 1 { flows[0] = flows[1] = flows[2] = 0 }
    FNR > 1 {
      flows[2] = flows[1]; flows[1] = flows[0]; flows[0] = $3 - packets > 50
      length_of[1] = length_of[0]; ticks_of[1] = ticks_of[0]
      length_of[0] = $1 - time; ticks_of[0] = $2 - before
      count_last()
    }
    { time = $1; before = $2; packets = $3 }
    END { printf "%.2f %.2f\n", seconds, ticks / hz }' "$@"
}

# server_idle SECONDS CPU-SECONDS: whether the server used less than 2 % of one CPU.
server_idle() {
  awk -v seconds="$1" -v cpu="$2" 'BEGIN { exit !(seconds > 0 && cpu < 0.02 * seconds) }'
}

# bench_rows FILE…: the rows of the table that come from `dsa bench -o json`.
bench_rows() {
  local operation median p99
  while IFS=$'\t' read -r operation median p99; do
    row "4 KiB $operation" "median $median us, p99 $p99 us"
  done < <(jq -r '.microseconds[] | [.operation, .median, .p99] | @tsv' "$@")
}
