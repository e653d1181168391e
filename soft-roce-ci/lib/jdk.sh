# shellcheck shell=bash
# Finding a JDK 25 on the host.

# is_jdk25 DIRECTORY
is_jdk25() {
  [[ -x $1/bin/javac && -r $1/release ]] && grep -Eq '^JAVA_VERSION="25(\.|"|-|\+)' "$1/release"
}

# find_jdk25: prints the home of the first JDK 25, or fails.
find_jdk25() {
  local home on_path
  on_path=$(readlink -f -- "$(command -v javac || true)" 2>/dev/null || true)
  for home in "${JAVA_HOME:-/nowhere}" "${on_path%/bin/javac}" /usr/lib/jvm/* /opt/*jdk* /usr/local/*jdk* \
    "${SDKMAN_DIR:-${HOME:-/root}/.sdkman}"/candidates/java/* "${HOME:-/root}"/.jdks/*; do
    if [[ -n $home ]] && is_jdk25 "$home"; then
      printf '%s\n' "$home"
      return
    fi
  done
  return 1
}
