# shellcheck shell=bash disable=SC2154 # work and lab are soft-roce-ci/crash's
# Power cuts: the lab is ended from outside while clients in it write, and booted again on the same NVDIMM.

CRASH_LEAST_FLUSHED=30
CRASH_START_LIMIT=240

# flushed_in JOURNAL: prints how many records were acknowledged by now.
flushed_in() {
  local count=0
  [[ ! -e $1 ]] || count=$(grep -c '^flushed ' -- "$1" || true)
  printf '%s\n' "$count"
}

# end_emulator RUN: kills the emulator of that `run`, at once.
end_emulator() {
  local pid
  for pid in $(<"/proc/$1/task/$1/children"); do
    if [[ $(readlink "/proc/$pid/exe") == *qemu-system* ]]; then
      kill -KILL "$pid"
      return
    fi
  done
  return 1
}

# cut_power POINTS SEED RESULTS: boots, lets clients write, ends the emulator; each boot first checks what the one
# before has left, and a last one only that.
cut_power() {
  local points=$1 seed=$2 results=$3 last=$(($2 + $1)) journals=$work/power run deadline delay
  local boot=("${lab[@]}" --nvdimm "$work/nvdimm" -- "$LAB_DIR/guest/crash" power --results "$results" --journals "$journals")
  rm -rf -- "$journals" "$work/nvdimm"
  mkdir -- "$journals"
  for (( ; seed < last; seed++)); do
    setpriv --pdeathsig TERM -- "${boot[@]}" --points 1 --seed "$seed" </dev/null >"$work/power.log" 2>&1 &
    run=$!
    OWNED=$run
    deadline=$((SECONDS + CRASH_START_LIMIT))
    until (($(flushed_in "$journals/journal.$seed") >= CRASH_LEAST_FLUSHED)); do
      if ! kill -0 "$run" 2>/dev/null || ((SECONDS >= deadline)); then
        cat -- "$work/power.log" >&2
        end_owned
        return 1
      fi
      sleep 0.1
    done
    delay=$((seed * 7919 % 2000))
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    end_emulator "$run" || return 1
    wait "$run" || true
    OWNED=
    # What a check has found; the rest is the lab's report of its own end.
    sed -n '/^crash: /,/^$/p' "$work/power.log" >&2
  done
  own "${boot[@]}" --points 0 --seed "$last" </dev/null || return
  rm -f -- "$work/nvdimm"
}
