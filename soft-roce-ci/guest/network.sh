# shellcheck shell=bash
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
  ip link set lo up
  if (($1 == 1)); then
    start_single_host
  else
    start_hosts "$1"
  fi
}

# One host is the guest itself.
start_single_host() {
  ip link add eth0 type veth peer name eth0-peer &&
    ip addr add 10.9.0.1/24 dev eth0 &&
    ip link set eth0 up &&
    ip link set eth0-peer up &&
    rdma link add rxe0 type rxe netdev eth0
}

# Each of several hosts is a network namespace on one bridge; the guest itself has 10.9.0.254 there.
start_hosts() {
  local k host
  modprobe bridge || return
  ip link add lab0 type bridge && ip addr add 10.9.0.254/24 dev lab0 && ip link set lab0 up || return
  for ((k = 1; k <= $1; k++)); do
    host=host$k
    ip netns add "$host" &&
      ip link add "$host" type veth peer name eth0 netns "$host" &&
      ip link set "$host" master lab0 up &&
      ip -n "$host" addr add "10.9.0.$k/24" dev eth0 &&
      ip -n "$host" link set lo up &&
      ip -n "$host" link set eth0 up &&
      ip netns exec "$host" rdma link add "rxe$k" type rxe netdev eth0 || return
  done
}
