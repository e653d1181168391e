# shellcheck shell=bash
# Building the project: Maven on the host where it has a JDK 25, else in the lab's root.

# build_project [MAVEN-ARGUMENT…]
build_project() {
  local java_home
  local options=(-B -ntp "-Dnative.make=$LAB_DIR/lib/root-make" -f "$PROJECT_DIR/pom.xml")
  if java_home=$(find_jdk25); then
    JAVA_HOME=$java_home mvn "${options[@]}" "$@"
  else
    # make is called inside the root already.
    options[2]=-Dnative.make=make
    say "no JDK 25 on this machine: building in the lab's root"
    "$LAB_DIR/lib/in-root" mvn "${options[@]}" "$@"
  fi
}
