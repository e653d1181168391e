# shellcheck shell=bash disable=SC2154 # the variables are guest/bench/measure's
# DSA: a server on the NVDIMM, a client in the other host.

pool=devdax:/dev/dax0.0
server_address=10.9.0.1:7471

start_dsa() {
  on "$server_host" dsa pool format "$pool" --force >"$work/format"
  start_server "$work" >&2
  DSA_SERVER=$server_address on "$client_host" dsa volume create bench --size "$region_bytes" >"$work/create"
}

stop_dsa() {
  stop_server
}

measure_dsa() {
  local mode=(--mode "$1")
  [[ $1 == read ]] || mode+=(--overwrite)
  # With the JVM's second compiler alone: what both make one replaces while the other CPU runs it, and QEMU does not always
  # survive that. It has done its work when the warm-up is over.
  # What a JVM says that crashes lies beside the measurements.
  DSA_JAVA_OPTS="-XX:-TieredCompilation -XX:ErrorFile=$file.hs_err.%p" DSA_SERVER=$server_address on "$client_host" "${PLACED[@]}" dsa bench bench "${mode[@]}" --block "$2" --depth "$3" --wait "$(wait_of "$2" "$3")" \
    --duration "$(seconds_of "$2")" --warm-up "$warm_up" -o json | jq -c '.microseconds[0]'
}
