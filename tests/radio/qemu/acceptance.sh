# In the guest: find two insoles and record them for three minutes, while one link is lost twice and
# bluetoothd is killed once; then compare the file with what the insoles sent.
. /project/tests/radio/qemu/bluetoothd.sh
insole() { python3 -m insole "$@"; }
order() { python3 /project/tests/radio/orders.py "$@"; }
say() { awk -v text="$*" '{printf "[%5.1f s] %s\n", $1, text}' /proc/uptime; }

file=/tmp/acceptance.insole
rm -f /share/acceptance.insole* /share/sent.json

say "insole scan"
insole scan --timeout 10 >scan.log 2>&1 || exit 1 # no terminal, which would be drawn anew again and again
cat scan.log

say "insole record"
python3 -m insole record --duration "${RECORD_S:-180}" --no-analyse --out "$file" >record.log 2>&1 &
recorder=$!
until order sent | grep -q '"left": [1-9].*"right": [1-9]' || [ ! -d "/proc/$recorder" ]; do sleep 1; done
say "both send"
sleep 30
say "left is lost: $(order lose left)"
sleep 40
say "left is lost again: $(order lose left)"
sleep 40
say "bluetoothd is killed: $(order sent)"
kill_bluetoothd
sleep 3
start_bluetoothd
say "bluetoothd is started again"
sleep 30
say "the recorder has used $(awk '{print ($14 + $15) / 100}' "/proc/$recorder/stat") s of CPU time"
wait "$recorder"
status=$?
say "insole record has ended with $status"
cat record.log
order keep /share/sent.json
cp "$file"* /share/
python3 /project/tests/radio/judge.py "$file" /share/sent.json || status=1
say "insole report"
insole report "$file" || status=1
exit "$status"
