# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# verbs_floor: DSA's requests in C on rdma-core. It maps a part of the same device that DSA's volumes do not reach.

FLOOR=
FLOOR_PORT=7490
FLOOR_OFFSET=$((896 << 20))

start_floor() {
  local _
  on "$server_host" "$verbs_tools/verbs_floor" serve "$server_ip" "$FLOOR_PORT" /dev/dax0.0 "$FLOOR_OFFSET" "$region_bytes" \
    >"$work/floor" 2>&1 &
  FLOOR=$!
  for _ in {1..100}; do
    grep -q '^listening' "$work/floor" && return
    sleep 0.1
  done
  die "verbs_floor does not listen: $(<"$work/floor")"
}

stop_floor() {
  if [[ -n $FLOOR ]]; then
    kill "$FLOOR" 2>/dev/null || true
    wait "$FLOOR" 2>/dev/null || true
    FLOOR=
  fi
}

measure_floor() {
  on "$client_host" "${PLACED[@]}" "$verbs_tools/verbs_floor" "$1" "$server_ip" "$FLOOR_PORT" "$2" "$3" "$seconds" 1 "$(wait_of "$2" "$3")"
}
