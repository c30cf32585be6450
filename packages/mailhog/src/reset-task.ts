import type { TaskSpec } from 'mesocosm'

/**
 * Returns a task that sends requests to the server from inside its container, by what the image has: bash, BusyBox's
 * `nc`, or Node, which takes longest to start.
 *
 * @param requests `METHOD /path`, or `METHOD /path <JSON body>`. A status other than 200 fails the task.
 */
export const requestTask = (port: number, requests: readonly string[]): TaskSpec => ({
  // In a variable, so that a failure shows the requests instead of the script.
  argv: ['sh', '-c', 'eval "$EXCHANGE"', 'sh', String(port), ...requests],
  env: { EXCHANGE: script },
})

const script = `set -eu
# A process has another port than its container.
port=\${MAIL_HTTP_PORT:-$1}; shift
if command -v bash > /dev/null; then
  exchange() { bash -c 'exec 3<> "/dev/tcp/127.0.0.1/$0" && cat >&3 && head -n 1 <&3' "$port"; }
elif command -v nc > /dev/null; then
  # Node's servers hang up on a client that ends its side before the answer: the pipe keeps it open.
  exchange() {
    pipe=$(mktemp -u)
    mkfifo "$pipe"
    exec 3<> "$pipe"
    rm "$pipe"
    cat >&3
    nc 127.0.0.1 "$port" <&3 | head -n 1
  }
else
  exchange() {
    node -e 'const s = require("net").connect(process.argv[1], "127.0.0.1")
process.stdin.pipe(s, { end: false }); s.pipe(process.stdout)' "$port" | head -n 1
  }
fi
for request; do
  # Some servers refuse a content type without a body.
  case $request in
    *' {'*) body="{\${request#*' {'}"; headers="Content-Type: application/json\\r\\n" ;;
    *) body=''; headers='' ;;
  esac
  what=\${request%%' {'*}
  headers="Host: localhost\\r\\n\${headers}Content-Length: \${#body}\\r\\nConnection: close\\r\\n\\r\\n"
  status=$(printf "%s HTTP/1.1\\r\\n$headers%s" "$what" "$body" | exchange)
  case $status in *' 200'*) ;; *) echo "$what: $status" >&2; exit 1 ;; esac
done
`
