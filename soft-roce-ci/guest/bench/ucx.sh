# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# UCX: ucx_perftest on its transport of plain verbs, reading and writing without copies.

UCX_LIBRARIES=$tools/ucx/usr/lib/x86_64-linux-gnu
UCX_REQUESTS_PER_SECOND=5000

# ucx_perftest's own, where its two ends meet first.
readonly UCX_PORT=13337

start_ucx() { :; }
stop_ucx() { :; }

ucx() {
  local host=$1
  shift
  # Without a terminal it would start Open MPI.
  LD_LIBRARY_PATH=$UCX_LIBRARIES:$UCX_LIBRARIES/ucx UCX_MODULE_DIR=$UCX_LIBRARIES/ucx on "$host" timeout "$limit" \
    script -qec "$tools/ucx/usr/bin/ucx_perftest $*" /dev/null
}

measure_ucx() {
  local server test requests=$(($(seconds_of "$2") * UCX_REQUESTS_PER_SECOND))
  case $1 in
    read) test=get ;;
    write) test=put_bw ;;
    *) return ;;
  esac
  ((requests = $2 > 4096 ? requests / 100 : requests))
  ucx "$server_host" -d "$(ucx_device "$server_host")" -x rc_verbs >"$work/ucx-server" 2>&1 &
  server=$!
  until [[ -n $(on "$server_host" ss -Hltn "sport = :$UCX_PORT") ]]; do
    kill -0 "$server" || return
    sleep 0.1
  done
  ucx "$client_host" "$server_ip" -d "$(ucx_device "$client_host")" -x rc_verbs -t "$test" -D zcopy -s "$2" -O "$3" \
    -w 500 -n "$requests" -f >"$work/ucx" 2>&1 && wait "$server" || echo "ucx: ended with status $?" >&2
  if ! grep -q 'Final:' "$work/ucx"; then
    tail -n 3 "$work/ucx" "$work/ucx-server" >&2
    return 1
  fi
  awk '/Final:/ { printf "{\"iops\": %f}\n", $NF }' < <(tr -d '\r' <"$work/ucx")
}

# Each host has the device with its number; one host alone has rxe0.
ucx_device() {
  if ((${DSA_LAB_HOSTS:-1} == 1)); then
    echo rxe0:1
  else
    echo "rxe${1#host}:1"
  fi
}
