# shellcheck shell=bash
# The programs in C on rdma-core alone (src/main/c), which the benchmark and the attacks run in the guest.

VERBS_TOOLS=$LAB_DIR/target/verbs-tools

# build_verbs_tool floor|attack: makes $VERBS_TOOLS/verbs_NAME, in the lab's root, unless it is newer than its sources.
build_verbs_tool() {
  "$LAB_DIR/lib/root-make" -s -C "$LAB_DIR/src/main/c" "BUILD=$VERBS_TOOLS" "$1" ||
    fail "cannot build verbs_$1; the lines above say why"
}
