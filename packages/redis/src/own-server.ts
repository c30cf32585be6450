import { secret, type TaskSpec } from 'mesocosm'
import type { ServerKind } from './server-kind.ts'
import { quoted } from './settings.ts'

/**
 * Returns what a server of the lane's own has: no restrictions, so names need no prefix.
 *
 * @param password of the user `default`; `''` for none.
 */
export const ownServer = (password: string): ServerKind => {
  const task = (what: 'baseline' | 'reset'): TaskSpec => ({
    argv: ['sh', '/mesocosm/lanes.sh', what],
    ...(password === '' ? {} : { env: { REDISCLI_AUTH: secret(password) } }),
  })
  return {
    settings: password === '' ? {} : { requirepass: quoted(password) },
    files: [{ content: script, to: '/mesocosm/lanes.sh' }],
    outputs: {
      username: 'default',
      password: password === '' ? '' : secret(password),
      prefix: '',
    },
    // With a name, because redis-cli reads an empty one as the name of a user.
    account: password === '' ? [] : ['default:', secret(encodeURIComponent(password)), '@'],
    tasks: { baseline: [task('baseline')], reset: [task('reset')] },
  }
}

// ---

/**
 * The tasks, as one shell script inside the server's container: `sh lanes.sh baseline | reset`.
 *
 * The baseline is a copy of the server's own snapshot file: all databases, with expiry times and functions.
 * A reset loads it in place of the current data, with clients still connected.
 */
const script = `#!/bin/sh
set -eu
redis() { redis-cli -e "$@"; }
setting() { redis config get "$1" | sed -n 2p; }
folder=$(setting dir)
snapshot="$folder/$(setting dbfilename)"
base="$folder/mesocosm-base.rdb"
# The script may run as another user than the server, which must be able to read it.
copy() { cp "$1" "$2.new" && chmod 644 "$2.new" && mv "$2.new" "$2"; }
# Repeats a command until it succeeds, for at most ten seconds.
until_so() {
  tries=0
  until said=$("$@" 2>&1); do
    tries=$((tries + 1)); [ $tries -lt 200 ] || { echo "$said" >&2; exit 1; }
    sleep 0.05
  done
}
# A server that is killed before that would load its former log.
log_rewritten() { ! redis info persistence | grep -E 'aof_rewrite_(in_progress|scheduled):1'; }
# A server that keeps nothing must start empty.
tidy() { [ -n "$(setting save)" ] || rm -f "$snapshot"; }

case "$1" in
  baseline)
    # The server refuses it while it saves by itself.
    until_so redis save
    copy "$snapshot" "$base"
    tidy
    ;;
  reset)
    copy "$base" "$snapshot"
    # The log of commands is rewritten from what was loaded.
    log=$(setting appendonly)
    [ "$log" != yes ] || redis config set appendonly no > /dev/null
    redis debug reload nosave > /dev/null
    if [ "$log" = yes ]; then
      redis config set appendonly yes > /dev/null
      until_so log_rewritten
    fi
    tidy
    ;;
esac
`
