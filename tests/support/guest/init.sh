#!/bin/sh
# The guest's first program, run from the initramfs: loads modules, mounts the root and all that tracing needs, then
# starts the agent. It stays as process 1 so that orphans are reaped, and ends the machine when the agent ends.
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*.ko; do
  insmod "$module" || echo "guest: insmod $module failed"
done
mount -t erofs -o ro /dev/vda /newroot || echo 'guest: no root'
for directory in dev proc sys; do mount --move /$directory /newroot/$directory; done
for directory in tmp work run root var; do mount -t tmpfs tmpfs /newroot/$directory; done
mkdir -p /newroot/dev/pts /newroot/dev/shm /newroot/var/tmp
chmod 1777 /newroot/tmp /newroot/var/tmp
mount -t devpts devpts /newroot/dev/pts
mount -t tmpfs tmpfs /newroot/dev/shm
mount -t tracefs tracefs /newroot/sys/kernel/tracing
mount -t debugfs debugfs /newroot/sys/kernel/debug
mount -t bpf bpf /newroot/sys/fs/bpf
mount -t cgroup2 cgroup /newroot/sys/fs/cgroup
hostname guest
ip link set lo up
exec switch_root /newroot /bin/sh -c '
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 NO_COLOR=1
  cd /work
  node /guest/agent.mjs
  echo "guest: the agent ended with status $?"
  poweroff -f'
