#!/bin/bash
# Starts an engine whose root folder is ROOT, in a network of its own. `start.ts` calls it as the first process of new
# mount, process and UTS namespaces: when it ends, the kernel ends everything that the engine has started.
#
#   enter-root.sh ROOT USER CGROUP HOSTNAME SHARED… -- PROGRAM ARGS…
#
# USER      who runs PROGRAM: `root`, or the user of rootless engines
# CGROUP    cgroup of its own for PROGRAM; empty for none. It is of cgroup v2, which a machine of cgroup v1 has without
#           controllers. It belongs to USER, as systemd gives one to each login: without it there is no freezer
# HOSTNAME  empty for the machine's own: then the engine is of the same host as its clients
# SHARED    folders that are at the same path for the engine and for its clients
set -euo pipefail
root=$1 user=$2 cgroup=$3 hostname=$4
shift 4
shared=()
while [ "$1" != -- ]; do shared+=("$1"); shift; done
shift

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
for folder in "${shared[@]}"; do
  mkdir -p ".$folder"
  mount --bind "$folder" ".$folder"
done
if [ -n "$cgroup" ]; then
  [ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 none sys/fs/cgroup
  mkdir -p "sys/fs/cgroup/$cgroup/main"
  chown -R "$(chroot . id -u "$user"):$(chroot . id -g "$user")" "sys/fs/cgroup/$cgroup"
  echo $$ >"sys/fs/cgroup/$cgroup/main/cgroup.procs"
fi
# The device of tunnels, which rootless engines open; the mode of the machine's own stays as it is.
for device in net/tun:10:200 fuse:10:229; do
  IFS=: read -r name major minor <<<"$device"
  [ -e "dev/$name" ] || continue
  mknod -m 666 "run/${name#*/}" c "$major" "$minor"
  mount --bind "run/${name#*/}" "dev/$name"
done
mkdir -p .old
pivot_root . .old
umount -l /.old
# Containers that share mounts expect it, as on a machine with systemd.
mount --make-rshared /
[ -z "$hostname" ] || hostname "$hostname"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# The way out is a program of user space, so that bridges and firewall of the machine stay as they are.
net=/run/engine-net
touch $net
unshare --net=$net true
mkfifo /run/way-out
slirp4netns --configure --mtu=1400 --disable-host-loopback --ready-fd=3 \
  --netns-type=path $net tap0 3>/run/way-out &
read -r -n 1 </run/way-out
echo 'nameserver 10.0.2.3' >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf

# By this process clients find the network. Not by the engine: threads of Podman enter networks of containers, and the
# first thread may stay there.
nsenter --net=$net sleep infinity &

if [ "$user" = root ]; then
  exec docker-init -- nsenter --net=$net "$@"
fi
home=$(getent passwd "$user" | cut -d: -f6)
mkdir -p "/run/user/$user"
chown "$user:$user" "/run/user/$user"
exec docker-init -- nsenter --net=$net setpriv --reuid "$user" --regid "$user" --init-groups \
  env HOME="$home" USER="$user" LOGNAME="$user" XDG_RUNTIME_DIR="/run/user/$user" "$@"
