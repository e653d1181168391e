# shellcheck shell=bash
# What the lab's commands say to the person who called them: always on standard error, one line each.

# Exit statuses of the lab itself. Any other status is that of the command which ran in it.
readonly LAB_USAGE=2 LAB_TIMED_OUT=124 LAB_FAILED=125

say() {
  printf '%s: %s\n' "${LAB_NAME:-lab}" "$*" >&2
}

# fail MESSAGE: says why and ends the script as a failure of the lab.
fail() {
  say "$@"
  exit "$LAB_FAILED"
}

# misused MESSAGE: a wrong option or argument.
misused() {
  say "$* (see --help)"
  exit "$LAB_USAGE"
}

# need_value OPTION COUNT: refuses an option that needs a value and is the last of COUNT arguments.
need_value() {
  (($2 >= 2)) || misused "$1 needs a value"
}
