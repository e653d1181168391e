# shellcheck shell=bash
# JVMs that start in two thirds of their time: the classes of `dsa`, loaded and linked ahead of time (JEP 483).

. "$(dirname "${BASH_SOURCE[0]}")/server-process.sh"

# cache_classes: has a server record what it loads, which takes 10 s, and a cache made of that beside what follows: every
# `dsa` from here on uses it once it is there.
cache_classes() {
  local cache=/run/dsa.aot work options=${DSA_JAVA_OPTS:-} pool=memory:4MiB server_address=10.9.0.1:7590
  work=$(mktemp -d)
  DSA_JAVA_OPTS="$options -XX:AOTMode=record -XX:AOTConfiguration=$cache.config -Xlog:aot=off" start_server "$work" >/dev/null
  stop_server
  if [[ ! -s $cache.config ]]; then
    echo "no classes were recorded:" >&2
    cat -- "$work/server.log" >&2
    return 1
  fi
  rm -r -- "$work"
  {
    DSA_JAVA_OPTS="$options -XX:AOTMode=create -XX:AOTConfiguration=$cache.config -XX:AOTCache=$cache.new -Xlog:aot=off" \
      nice dsa server --config none >/dev/null && mv -- "$cache.new" "$cache" && rm -- "$cache.config" ||
      echo "no cache of classes came of what was recorded: every start takes its full time" >&2
  } &
  export DSA_JAVA_OPTS="$options -XX:AOTCache=$cache -Xlog:aot=off"
}
