# Changes what belongs to the host, where it may.
hostname evil
mkdir -p /tmp/$TRY_MARK && mount -t tmpfs none /tmp/$TRY_MARK
ipcmk -M 4096
touch /tmp/$TRY_MARK.left /dev/shm/$TRY_MARK.left /var/tmp/$TRY_MARK.left
cp /bin/true setuid && chmod 4755 setuid
mknod device b 254 0
echo 'all of it was tried'
