# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# verbs_floor: DSA's requests in C on rdma-core. It maps a part of the same device that DSA's volumes do not reach.

FLOORS=()
FLOOR_PORT=7490
FLOOR_OFFSET=$((896 << 20))
FLOOR_LARGE_PORT=7491
FLOOR_LARGE_OFFSET=$((960 << 20))

start_floor() {
  start_one_floor "$FLOOR_PORT" "$FLOOR_OFFSET" "$region_bytes"
  start_one_floor "$FLOOR_LARGE_PORT" "$FLOOR_LARGE_OFFSET" "$large_bytes"
}

# start_one_floor PORT OFFSET BYTES
start_one_floor() {
  local log=$work/floor.$1 _
  on "$server_host" "$verbs_tools/verbs_floor" serve "$server_ip" "$1" /dev/dax0.0 "$2" "$3" >"$log" 2>&1 &
  FLOORS+=($!)
  for _ in {1..100}; do
    grep -q '^listening' "$log" && return
    sleep 0.1
  done
  die "verbs_floor does not listen: $(<"$log")"
}

# They serve until they are told to end; one that ended before has said why.
stop_floor() {
  local floor status
  for floor in "${FLOORS[@]}"; do
    status=0
    kill "$floor" 2>"$work/kill" || echo "floor: it ended by itself: $(tail -qn 1 "$work"/floor.*)" >&2
    wait "$floor" 2>"$work/kill" || status=$?
    ((status == 0 || status == 128 + 15)) || echo "floor: a server ended with status $status" >&2
  done
  FLOORS=()
}

measure_floor() {
  local port=$FLOOR_PORT
  ! is_large "$2" || port=$FLOOR_LARGE_PORT
  on "$client_host" "${PLACED[@]}" "$verbs_tools/verbs_floor" "$1" "$server_ip" "$port" "$2" "$3" "$(seconds_of "$2")" 1 "$(wait_of "$2" "$3")"
}
