# shellcheck shell=bash
# Crash points: how many of each kind, and what came of them. A line of the results is one point:
# KIND BACKEND METHOD SEED FLUSHED LOST TORN ILLEGAL RETURNED, parted by tabs (CrashPoint.java writes it).

# Shares of all points by what they cost: a model point takes milliseconds, a power cut a boot.
declare -A CRASH_WEIGHTS=([model]=74 [served]=6 [kill]=6 [log]=12 [power]=2)

# spread_points POINTS KIND…: prints "KIND POINTS" of each, at least 1, together at least POINTS.
spread_points() {
  local points=$1 kind weight=0 share
  shift
  for kind in "$@"; do
    weight=$((weight + CRASH_WEIGHTS[$kind]))
  done
  for kind in "$@"; do
    share=$(((points * CRASH_WEIGHTS[$kind] + weight - 1) / weight))
    echo "$kind $share"
  done
}

# points_of FILE KIND: prints how many points of that kind there are.
points_of() {
  awk -F'\t' -v kind="$2" '$1 == kind { points++ } END { print points + 0 }' "$1"
}

# print_points FILE: the table, and the totals as its last line.
print_points() {
  awk -F'\t' '
    function row(name, at) {
      printf "%-38s %7d %9d %7d %7d %9d %9d\n", name, points[at], sum[at, 5], sum[at, 6], sum[at, 7], sum[at, 8], sum[at, 9]
    }
    {
      name = sprintf("%-6s %-16s %s", $1, $2, $3)
      if (!(name in points)) order[++rows] = name
      points[name]++; points["all"]++
      for (i = 5; i <= 9; i++) { sum[name, i] += $i; sum["all", i] += $i }
    }
    END {
      printf "%-38s %7s %9s %7s %7s %9s %9s\n", "kind   backend          method", "points", "flushed", "lost", "torn", "illegal", "returned"
      for (i = 1; i <= rows; i++) row(order[i], order[i])
      row("all", "all")
    }' "$1"
}

# all_held FILE: whether nothing was lost, torn, illegal or came back.
all_held() {
  awk -F'\t' '{ bad += $6 + $7 + $8 + $9 } END { exit bad > 0 }' "$1"
}
