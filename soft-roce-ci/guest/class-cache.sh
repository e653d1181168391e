# shellcheck shell=bash
# JVMs that start in two thirds of their time: the classes of `dsa`, loaded and linked ahead of time (JEP 483).

. "$(dirname "${BASH_SOURCE[0]}")/server-process.sh"

# cache_classes: has a server record what it loads, and every `dsa` from here on use that. Takes about 25 s.
cache_classes() {
  local cache=/run/dsa.aot work pool=memory:4MiB server_address=10.9.0.1:7590
  work=$(mktemp -d)
  DSA_JAVA_OPTS="${DSA_JAVA_OPTS:-} -XX:AOTCacheOutput=$cache -Xlog:aot=error" start_server "$work" >/dev/null
  stop_server
  if [[ ! -s $cache ]]; then
    echo "no cache of classes came of:" >&2
    cat -- "$work/server.log" >&2
    return 1
  fi
  rm -r -- "$work"
  export DSA_JAVA_OPTS="${DSA_JAVA_OPTS:-} -XX:AOTCache=$cache"
}
