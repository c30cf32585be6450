import type { TaskSpec } from 'mesocosm'

/**
 * A task that makes requests to the server from within its own container, by whatever the image has:
 * bash, BusyBox's `nc`, or Node, which takes longest to start.
 *
 * @param requests `METHOD /path`, or `METHOD /path <JSON body>`; each must be answered with 200.
 */
export const requestTask = (port: number, requests: readonly string[]): TaskSpec => ({
  argv: ['sh', '-c', script, 'sh', String(port), ...requests],
})

const script = `set -eu
port=$1; shift
if command -v bash > /dev/null; then
  exchange() { bash -c 'exec 3<> "/dev/tcp/127.0.0.1/$0" && cat >&3 && head -n 1 <&3' "$port"; }
elif command -v nc > /dev/null; then
  exchange() { nc 127.0.0.1 "$port" | head -n 1; }
else
  exchange() {
    node -e 'const s = require("net").connect(process.argv[1], "127.0.0.1")
process.stdin.pipe(s, { end: false }); s.pipe(process.stdout)' "$port" | head -n 1
  }
fi
for request; do
  what=\${request%%' {'*}
  case $request in *' {'*) body="{\${request#*' {'}" ;; *) body='' ;; esac
  status=$(printf '%s HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' "$what" "\${#body}" "$body" | exchange)
  case $status in *' 200'*) ;; *) echo "$what: $status" >&2; exit 1 ;; esac
done
`
