#!/bin/sh
# A host of its own for one trial, in namespaces that were just made: UID CODE PACKAGES WORKSPACE COMMAND…
# Temporary files and homes are new, the code is at /mnt, loopback is up and leads nowhere.
set -e
uid=$1 code=$2 packages=$3 workspace=$4
shift 4
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/code /mnt/packages /mnt/workspace /mnt/temporary
mount --bind "$code" /mnt/code
mount --bind "$packages" /mnt/packages
mount --bind "$workspace" /mnt/workspace
mount -t tmpfs -o mode=1777,size=2g tmpfs /mnt/temporary
mkdir -m 700 /mnt/temporary/home
mkdir -m 700 /mnt/data
mount -t tmpfs -o mode=700,size=6g tmpfs /mnt/data
chown "$uid:$uid" /mnt/temporary/home /mnt/data
export HOME=/tmp/home
for folder in /tmp /var/tmp /dev/shm; do
    mount -t tmpfs -o mode=1777,size=2g tmpfs "$folder"
done
mount --move /mnt/temporary /tmp
ip link set lo up
[ "$uid" = 0 ] && exec "$@"
exec setpriv --reuid="$uid" --regid="$uid" --clear-groups --inh-caps=-all -- "$@"
