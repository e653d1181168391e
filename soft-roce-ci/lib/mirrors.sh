# shellcheck shell=bash
# Where Debian's packages come from: the sources and the proxies of the machine's own apt.

LAB_SUITE=trixie
DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints "URI CODENAME" of every Debian index that the machine's apt uses.
debian_indexes() {
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk '$1 == "Debian" && !seen[$0]++ { print $2, $3 }'
}

has_suite() {
  local scratch
  scratch=$(mktemp)
  if /usr/lib/apt/apt-helper download-file "$1/dists/$2/InRelease" "$scratch" >/dev/null 2>&1; then
    rm -f -- "$scratch"
  else
    rm -f -- "$scratch"
    return 1
  fi
}

# Prints one sources.list line per suite of the lab.
lab_sources() {
  local indexes main security
  indexes=$(debian_indexes)
  if [[ -z $indexes ]]; then
    update_package_lists
    indexes=$(debian_indexes)
  fi
  main=$(awk '$2 !~ /-/ { print $1; exit }' <<<"$indexes")
  security=$(awk '$2 ~ /-security$/ { print $1; exit }' <<<"$indexes")
  main=${main%/} security=${security%/}
  [[ -n $main ]] || fail "no Debian mirror among this machine's apt sources: add a 'deb' line for Debian and try again"
  printf 'deb %s %s main\n' "$main" "$LAB_SUITE" "$main" "$LAB_SUITE-backports"
  if has_suite "$main" "$LAB_SUITE-updates"; then
    printf 'deb %s %s main\n' "$main" "$LAB_SUITE-updates"
  fi
  if [[ -n $security ]] && has_suite "$security" "$LAB_SUITE-security"; then
    printf 'deb %s %s main\n' "$security" "$LAB_SUITE-security"
  fi
}

# Prints the machine's settings for how apt reaches its mirrors, proxies included.
apt_transport_settings() {
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries)\b.* "[^"]+";$' || true
}

need_keyring() {
  local suite_key=/usr/share/keyrings/debian-archive-$LAB_SUITE-stable.gpg
  [[ -f $suite_key ]] && return
  need_root "installing Debian's keyring"
  update_package_lists
  apt install -y --no-install-recommends debian-archive-keyring ||
    fail "apt-get could not install debian-archive-keyring"
  [[ -f $suite_key ]] || fail "this machine's debian-archive-keyring lacks the keys of Debian $LAB_SUITE"
}
