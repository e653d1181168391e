# shellcheck shell=bash
# Parts of a long run. Those of one lane follow one another, lanes run beside each other. One lane's outputs appear as they come;
# of the others each is kept in a file, and printed in one piece when the part has ended.

PARTS=
SHOWN_LANE=
PART_NAMES=()
PART_COMMANDS=()
PART_STARTED=()
FAILED_PARTS=()
LANES=()
# By lane: the parts that wait there, in their order. By process: its part and its lane.
declare -A LANE_PARTS=()
PART_OF=()
LANE_OF=()

# add_part LANE NAME COMMAND…
add_part() {
  [[ -n ${LANE_PARTS[$1]+x} ]] || LANES+=("$1")
  LANE_PARTS[$1]+="${#PART_NAMES[@]} "
  PART_NAMES+=("$2")
  shift 2
  PART_COMMANDS+=("${*@Q}")
}

# run_parts DIRECTORY LANE: runs all that were added. Outputs of LANE are shown, those of others kept in DIRECTORY meanwhile.
# FAILED_PARTS has the names of those that failed.
run_parts() {
  local lane status
  PARTS=$1
  SHOWN_LANE=$2
  mkdir -p -- "$PARTS"
  for lane in "${LANES[@]}"; do
    begin_part "$lane"
  done
  while ((${#BESIDE[@]})); do
    status=0
    join_any || status=$?
    end_part "$ENDED" "$status"
    begin_part "${LANE_OF[ENDED]}"
  done
}

# begin_part LANE: the next one of it, if there is one.
begin_part() {
  local lane=$1 part rest command
  read -r part rest <<<"${LANE_PARTS[$lane]}"
  LANE_PARTS[$lane]=$rest
  [[ -n $part ]] || return 0
  eval "command=(${PART_COMMANDS[part]})"
  if [[ $lane == "$SHOWN_LANE" ]]; then
    say "${PART_NAMES[part]}: begun"
    own_beside - "${command[@]}"
  else
    say "${PART_NAMES[part]}: begun, output in $(part_output "$part")"
    own_beside "$(part_output "$part")" "${command[@]}"
  fi
  PART_OF[BEGUN]=$part
  LANE_OF[BEGUN]=$lane
  PART_STARTED[part]=$SECONDS
}

# end_part PROCESS STATUS
end_part() {
  local part=${PART_OF[$1]}
  if [[ ${LANE_OF[$1]} != "$SHOWN_LANE" ]]; then
    # With the end of a last line that lacks it.
    sed '$a\' -- "$(part_output "$part")"
  fi
  say "${PART_NAMES[part]}: ended with status $2 after $((SECONDS - PART_STARTED[part])) s"
  (($2 == 0)) || FAILED_PARTS+=("${PART_NAMES[part]}")
}

part_output() {
  printf '%s/%s.log\n' "$PARTS" "${PART_NAMES[$1]//[^[:alnum:]]/-}"
}
