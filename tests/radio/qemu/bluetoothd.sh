# To be sourced in the guest: starting and killing the real bluetoothd.

start_bluetoothd() {
  /usr/libexec/bluetooth/bluetoothd -n >>/run/rig/bluetoothd.log 2>&1 &
  echo $! >/run/rig/bluetoothd.pid
}

kill_bluetoothd() {
  kill -9 "$(cat /run/rig/bluetoothd.pid)"
}
