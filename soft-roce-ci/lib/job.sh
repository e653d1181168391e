# shellcheck shell=bash
# One run's directory: what the guest is told, and the files and pipes it answers with.

# MiB that a run may fill: a small file for each of the guest's answers and, where they are this run's own, the NVDIMM
# and the NVMe drive, which are sparse but may become full. A disk that is full under a drive kills the guest.
JOB_SPACE=64

# Variables that mean something on this machine only.
HOST_VARIABLES=' DSA_JAVA_HOME DSA_LAB_ADDRESS DSA_LAB_CACHE DSA_LAB_DAX DSA_LAB_MEMORY DSA_IN_ROOT '

# make_job KERNEL HOSTS COMMAND…: makes the directory JOB, which is removed when the script ends.
make_job() {
  local kernel=$1 hosts=$2 name
  shift 2
  remove_stale_jobs
  need_space "${TMPDIR:-/tmp}" "$JOB_SPACE" "set TMPDIR to a directory with more room"
  JOB=$(mktemp -d "$(realpath -- "${TMPDIR:-/tmp}")/dsa-lab.$$.XXXXXX")
  trap 'end_job' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  mkdir "$JOB/told"
  printf '%s\0' "$@" >"$JOB/told/command"
  for name in $(compgen -e DSA_); do
    [[ $HOST_VARIABLES != *" $name "* ]] || continue
    printf '%s\0' "$name=${!name}"
  done >"$JOB/told/environment"
  printf '%s\0' DSA_LAB=1 "DSA_LAB_KERNEL=$kernel" "DSA_LAB_HOSTS=$hosts" "TERM=${TERM:-dumb}" >>"$JOB/told/environment"
  printf '%s\n' "$PROJECT_DIR" >"$JOB/told/project"
  printf '%s\n' "$kernel" >"$JOB/told/kernel"
  printf '%s\n' "$LAB_ROOT/root" >"$JOB/told/root"
  printf '%s\n' "$hosts" >"$JOB/told/hosts"
  maven_repository >"$JOB/told/maven-repository"
  job_directory >"$JOB/told/directory"
  mkfifo "$JOB/out" "$JOB/err" "$JOB/status"
}

# The directory for the command: the caller's, when the guest has it.
job_directory() {
  local here
  here=$(pwd -P)
  [[ $here/ == "$PROJECT_DIR"/* ]] || here=$PROJECT_DIR
  printf '%s\n' "$here"
}

# Jars that the build found in the user's Maven repository are used in the guest at the same path.
maven_repository() {
  local repository=${HOME:-/root}/.m2/repository
  mkdir -p -- "$repository"
  printf '%s\n' "$repository"
}

# Removes what `run` left when it was killed with -9.
remove_stale_jobs() {
  local dir pid
  for dir in "${TMPDIR:-/tmp}"/dsa-lab.*.*/; do
    pid=${dir%/}
    pid=${pid%.*}
    pid=${pid##*.}
    if [[ $pid =~ ^[0-9]+$ && ! -d /proc/$pid ]]; then
      rm -rf -- "$dir"
    fi
  done
}

end_job() {
  local status=$?
  trap '' INT TERM HUP
  end_owned
  end_machine
  rm -rf -- "$JOB"
  exit "$status"
}
