# shellcheck shell=bash
# What soft-roce-ci/bench needs beside the built project and lib/verbs-tools.sh: UCX's ucx_perftest.

BENCH_TOOLS=$LAB_DIR/target/bench-tools

# fetch_ucx: unpacks UCX under $BENCH_TOOLS/ucx, once for each list of packages.
fetch_ucx() {
  local list=$LAB_DIR/guest/bench/ucx-packages packages
  if cmp -s -- "$list" "$BENCH_TOOLS/ucx/packages"; then
    return
  fi
  say "fetching UCX"
  rm -rf -- "$BENCH_TOOLS/ucx"
  mkdir -p -- "$BENCH_TOOLS/ucx"
  apt_transport_settings >"$BENCH_TOOLS/apt.conf"
  packages=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$list" | paste -sd' ')
  # shellcheck disable=SC2016,SC2086  # expanded in the root; the packages are words
  "$LAB_DIR/lib/in-root" env "APT_CONFIG=$BENCH_TOOLS/apt.conf" sh -ec '
    to=$1
    shift
    apt-get update
    cd /tmp
    apt-get download "$@"
    for package in *.deb; do
      dpkg-deb --extract "$package" "$to"
    done' fetch-ucx "$BENCH_TOOLS/ucx" $packages >"$BENCH_TOOLS/ucx.log" 2>&1 || return
  cp -- "$list" "$BENCH_TOOLS/ucx/packages"
}
