# shellcheck shell=bash
# Building the project: Maven on the host where it has a JDK 25, else in the lab's root.

# build_project [MAVEN-ARGUMENT…]
build_project() {
  local java_home
  local options=("-Dnative.make=$LAB_DIR/lib/root-make" -B -ntp -T 2 -f "$PROJECT_DIR/pom.xml")
  if java_home=$(find_jdk25); then
    if [[ -n ${native:-} ]] && has_native_headers; then
      options[0]=-Dnative.make=make
    fi
    JAVA_HOME=$java_home own mvn "${options[@]}" "$@"
  else
    # make is called inside the root already.
    options[0]=-Dnative.make=make
    say "no JDK 25 on this machine: building in the lab's root"
    own "$LAB_DIR/lib/in-root" mvn "${options[@]}" "$@"
  fi
}

# Whether this machine's own compiler and rdma-core can build the native library, so that no guest's root is needed.
has_native_headers() {
  command -v make gcc >/dev/null && gcc -x c -fsyntax-only - 2>/dev/null <<'C'
#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>
int can_flush = IBV_QP_EX_WITH_FLUSH;
C
}
