# shellcheck shell=bash disable=SC2154 # promises sets lab and scratch
# The same of the kernel `user`, whose machine is a process: how a run of it ends.

SLOW+=(the_kernel_user_has_no_drives the_kernel_user_passes_status_and_outputs_through the_kernel_user_panics
  the_kernel_user_has_a_time_limit the_kernel_user_leaves_nothing the_kernel_user_has_a_terminal)

the_kernel_user_has_no_drives() {
  expect 2 '--nvme and --nvdimm are for a virtual machine' "$lab/run" --kernel user --nvme -- true &&
    expect 2 "--kernel is current or stable, not 'user', which has no NVDIMM" "$lab/demo" --kernel user &&
    expect 2 '--kernel user has no NVDIMM and no disk' "$lab/crash" --kernel user &&
    expect 2 'takes no spaces' env TMPDIR="$scratch/a b" "$lab/run" --kernel user -- true
}

# Also more than a serial line's buffer holds, with no line end turned into two.
the_kernel_user_passes_status_and_outputs_through() {
  DSA_KEPT=kept expect 7 'to-stderr kept user' "$lab/run" --kernel user --hosts 2 -- \
    bash -c 'echo "to-stderr $DSA_KEPT $DSA_LAB_KERNEL" >&2; on host2 ping -qc 1 10.9.0.1 >&2 || exit 1; exit 7' || return
  why='what was printed is not what arrives'
  "$lab/run" --kernel user -- seq 100000 2>"$scratch/out" | cmp - <(seq 100000)
}

the_kernel_user_panics() {
  expect 125 'the guest kernel panicked: Kernel panic - not syncing: sysrq triggered crash' \
    "$lab/run" --kernel user -- bash -c 'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger; sleep 60'
}

the_kernel_user_has_a_time_limit() {
  expect 124 'the command did not end within 3 s: time limit' "$lab/run" --kernel user --time-limit 3 -- sleep 1000
}

the_kernel_user_leaves_nothing() {
  end_by TERM "$lab/run" --kernel user -- sleep 1000 && end_by KILL "$lab/run" --kernel user -- sleep 1000
}

the_kernel_user_has_a_terminal() {
  typed_arrives_at /dev/tty1 --kernel user
}
