# shellcheck shell=bash disable=SC2154 # kernel is guest/start's
# The guest's hosts: addresses, names and RDMA devices.

# start_network HOSTS
start_network() {
  local k
  {
    echo 127.0.0.1 localhost
    for ((k = 1; k <= $1; k++)); do
      echo "10.9.0.$k host$k"
    done
  } >/etc/hosts
  if (($1 == 1)); then
    start_single_host
  else
    start_hosts "$1"
  fi
}

# Networks for RDMA have jumbo frames; with them rxe sends 4 KiB a packet instead of 1 KiB.
# One host is the guest itself.
start_single_host() {
  ip -batch - <<'IP' && rdma link add rxe0 type rxe netdev eth0
link set lo up
link add eth0 mtu 9000 type veth peer name eth0-peer mtu 9000
addr add 10.9.0.1/24 dev eth0
link set eth0 up
link set eth0-peer up
IP
}

# Each of several hosts is a network namespace on one bridge; the guest itself has 10.9.0.254 there.
start_hosts() {
  local k
  [[ $kernel == user ]] || modprobe bridge || return
  {
    echo link set lo up
    echo link add lab0 mtu 9000 type bridge
    echo addr add 10.9.0.254/24 dev lab0
    echo link set lab0 up
    for ((k = 1; k <= $1; k++)); do
      echo "netns add host$k"
      echo "link add host$k mtu 9000 type veth peer name eth0 mtu 9000 netns host$k"
      echo "link set host$k master lab0 up"
    done
  } | ip -batch - || return
  for ((k = 1; k <= $1; k++)); do
    ip -n "host$k" -batch - <<IP && ip netns exec "host$k" rdma link add "rxe$k" type rxe netdev eth0 || return
link set lo up
addr add 10.9.0.$k/24 dev eth0
link set eth0 up
IP
  done
}
