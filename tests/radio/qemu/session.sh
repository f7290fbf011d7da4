# What the guest does: start D-Bus, bluetoothd and the simulated devices, then run the command that
# the host wrote into /share/.rig.
export HOME=/tmp LANG=C.UTF-8 MPLBACKEND=agg COLUMNS=100
export PYTHONPATH=/project:/usr/lib/insole-site PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
export INSOLE_RIG_ORDERS=/run/rig/orders
. /project/tests/radio/qemu/bluetoothd.sh

say() { awk -v text="$*" '{printf "[%5.1f s] %s\n", $1, text}' /proc/uptime; }

say "kernel is up"
mkdir -p /run/dbus /run/rig /tmp /var/lib/bluetooth
busybox ifconfig lo 127.0.0.1 up
dbus-uuidgen --ensure
dbus-daemon --system --fork
start_bluetoothd
cd /share || exit
# shellcheck disable=SC2046 # several words
python3 /project/tests/radio/qemu/guest.py $(cat .rig/simulate) >.rig/guest.log 2>&1 &
simulator=$!
while [ ! -S "$INSOLE_RIG_ORDERS" ] && [ -d "/proc/$simulator" ]; do sleep 0.2; done
if [ -S "$INSOLE_RIG_ORDERS" ]; then
  say "the radio is ready"
  sh .rig/command
  echo $? >.rig/status
else
  say "no radio"
  cat .rig/guest.log
fi
say "the command has ended"
cp /run/rig/bluetoothd.log .rig/
