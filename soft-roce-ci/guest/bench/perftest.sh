# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# perftest: raw verbs on memory of its own. ib_read_lat for one request at a time, else the bandwidth tests.

LATENCY_REQUESTS_PER_SECOND=6000

start_perftest() { :; }
stop_perftest() { :; }

# Perftest's own.
readonly PERFTEST_PORT=18515

# await_listener PATTERN: until the server's host has such a connection id. The kernel tells nobody, so it is asked again.
await_listener() {
  local _
  for _ in {1..200}; do
    on "$server_host" rdma resource show cm_id | grep -q -- "$1" && return
    sleep 0.05
  done
  echo "perftest: nobody listens: $(<"$work/perftest-server")" >&2
  return 1
}

# both COMMAND…: its two ends; prints the line of figures of the client.
both() {
  local server
  on "$server_host" timeout "$limit" "$@" >"$work/perftest-server" 2>&1 &
  server=$!
  await_listener "state LISTEN .*:$PERFTEST_PORT\\b" || return
  if ! on "$client_host" "${PLACED[@]}" timeout "$limit" "$@" "$server_ip" >"$work/perftest" 2>&1; then
    tail -n 3 "$work/perftest" "$work/perftest-server" >&2
    # The server may wait for its client for long, or have ended of the same cause, which was just printed.
    kill "$server" 2>/dev/null || true
    wait "$server" || true
    return 1
  fi
  # The client has its figures already.
  wait "$server" || echo "perftest: the server ended with status $?: $(tail -n 1 "$work/perftest-server")" >&2
  grep -E "^ *[0-9]+ +[0-9]+ +[0-9.]+" "$work/perftest" | tail -n 1
}

measure_perftest() {
  local line
  case $1:$3 in
    read:1)
      line=$(both ib_read_lat -R -F -s "$2" -n "$((seconds * LATENCY_REQUESTS_PER_SECOND))") || return
      awk '{ printf "{\"iops\": %f, \"median\": %s, \"mean\": %s, \"p99\": %s}\n", 1e6 / $6, $5, $6, $8 }' <<<"$line"
      ;;
    read:* | write:*)
      line=$(both "ib_$1_bw" -R -F -s "$2" -t "$3" -D "$(($(seconds_of "$2") + 2))" -f 1) || return
      # It counts in MiB.
      awk -v block="$2" '{ printf "{\"iops\": %f}\n", $4 * 1048576 / block }' <<<"$line"
      ;;
  esac
}
