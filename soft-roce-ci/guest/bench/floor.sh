# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# verbs_floor: DSA's requests in C on rdma-core. It maps a part of the same device that DSA's volumes do not reach.

FLOOR=
FLOOR_PORT=7490
FLOOR_OFFSET=$((896 << 20))

start_floor() {
  local log=$work/floor _
  on "$server_host" "$verbs_tools/verbs_floor" serve "$server_ip" "$FLOOR_PORT" /dev/dax0.0 "$FLOOR_OFFSET" "$region_bytes" >"$log" 2>&1 &
  FLOOR=$!
  for _ in {1..100}; do
    grep -q '^listening' "$log" && return
    sleep 0.1
  done
  die "verbs_floor does not listen: $(<"$log")"
}

# It serves until it is told to end; where it ended before, it has said why.
stop_floor() {
  local status=0
  [[ -n $FLOOR ]] || return 0
  kill "$FLOOR" 2>"$work/kill" || echo "floor: it ended by itself: $(tail -n 1 "$work/floor")" >&2
  wait "$FLOOR" 2>"$work/kill" || status=$?
  ((status == 0 || status == 128 + 15)) || echo "floor: the server ended with status $status" >&2
  FLOOR=
}

measure_floor() {
  on "$client_host" "${PLACED[@]}" "$verbs_tools/verbs_floor" "$1" "$server_ip" "$FLOOR_PORT" "$2" "$3" "$(seconds_of "$2")" 1 "$(wait_of "$2" "$3")"
}
