# shellcheck shell=bash
# Adding up test reports, in the XML form that Surefire and JUnit's console launcher both write.

# add_reports FILE…: prints "RUN FAILURES ERRORS SKIPPED".
add_reports() {
  (($#)) || { echo 0 0 0 0; return; }
  grep -h -o '<testsuite [^>]*>' -- "$@" | awk '
    function attribute(name) {
      if (!match($0, " " name "=\"[0-9]+\"")) return 0
      value = substr($0, RSTART, RLENGTH)
      gsub(/[^0-9]/, "", value)
      return value + 0
    }
    { run += attribute("tests"); failures += attribute("failures"); errors += attribute("errors"); skipped += attribute("skipped") }
    END { print run + 0, failures + 0, errors + 0, skipped + 0 }'
}

# tests_with ELEMENT FILE…: prints "CLASS#METHOD" of every test whose report has that element, and a tab and the beginning
# of the message, if there is one.
tests_with() {
  local element=$1
  shift
  (($#)) || return 0
  awk -v element="<$element" '
    /<testcase / {
      match($0, / name="[^"]*"/); name = substr($0, RSTART + 7, RLENGTH - 8)
      match($0, / classname="[^"]*"/); class = substr($0, RSTART + 12, RLENGTH - 13)
      sub(/\(.*/, "", name)
    }
    index($0, element) {
      message = ""
      if (match($0, / message="[^"]*/)) {
        message = substr($0, RSTART + 10, RLENGTH - 10)
        gsub(/(&#10;|[[:space:]])+/, " ", message)
        sub(/^ /, "", message)
        gsub(/&lt;/, "<", message); gsub(/&gt;/, ">", message); gsub(/&quot;/, "\"", message); gsub(/&amp;/, "\\&", message)
        message = substr(message, 1, 300)
      }
      print class "#" name "\t" message
    }' "$@"
}

# skipped_tests FILE…: prints "CLASS#METHOD" of every skipped test.
skipped_tests() {
  tests_with skipped "$@" | cut -f 1
}

# failed_tests FILE…: prints "CLASS#METHOD", a tab and what was wrong, of every test that failed.
failed_tests() {
  tests_with failure "$@"
  tests_with error "$@"
}

# say_totals RUN FAILURES ERRORS SKIPPED: one line in Surefire's form, on standard output.
say_totals() {
  printf 'Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n' "$@"
}

# unreported_classes REPORT…: prints the test classes tagged "lab" of which no report tells. The sources are asked, so that
# a class that never came into a jar is missed too.
unreported_classes() {
  local source class name reported
  reported=$(grep -h -o ' classname="[^"]*"' -- "$@" /dev/null | sort -u)
  for source in $(grep -rl --include='*.java' '^@Tag("lab")' "$PROJECT_DIR"/*/src/test/java); do
    class=${source#*/src/test/java/}
    class=${class%.java}
    name=${class##*/}
    if ! grep -q "abstract class $name\b" "$source" && ! grep -qF " classname=\"${class//\//.}" <<<"$reported"; then
      printf '%s\n' "${class//\//.}"
    fi
  done
}
