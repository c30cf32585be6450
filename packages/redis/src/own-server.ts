import { secret, type TaskSpec } from 'mesocosm'
import type { ServerKind } from './server-kind.ts'
import { quoted } from './settings.ts'

/**
 * A server of the lane's own: without restrictions, so names need no prefix.
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
    // Named: redis-cli takes an empty name for a user.
    account: password === '' ? [] : ['default:', secret(encodeURIComponent(password)), '@'],
    tasks: { baseline: [task('baseline')], reset: [task('reset')] },
  }
}

// ---

/**
 * What it does, as one shell script inside it: `sh lanes.sh baseline | reset`.
 *
 * The data of all databases, with expiry times and functions, is remembered as the server's own snapshot file
 * and loaded in place of what is there, with clients still connected.
 */
const script = `#!/bin/sh
set -eu
redis() { redis-cli -e "$@"; }
setting() { redis config get "$1" | sed -n 2p; }
folder=$(setting dir)
snapshot="$folder/$(setting dbfilename)"
base="$folder/mesocosm-base.rdb"
# By somebody else than the server's user, who must be able to read it.
copy() { cp "$1" "$2.new" && chmod 644 "$2.new" && mv "$2.new" "$2"; }
# Asks again, for at most ten seconds.
until_so() {
  tries=0
  until said=$("$@" 2>&1); do
    tries=$((tries + 1)); [ $tries -lt 200 ] || { echo "$said" >&2; exit 1; }
    sleep 0.05
  done
}
# Until then a server that is killed would come back with what its former log says.
log_rewritten() { ! redis info persistence | grep -E 'aof_rewrite_(in_progress|scheduled):1'; }
# A server that keeps nothing shall start empty.
tidy() { [ -n "$(setting save)" ] || rm -f "$snapshot"; }

case "$1" in
  baseline)
    # Refused while a save of the server's own is under way.
    until_so redis save
    copy "$snapshot" "$base"
    tidy
    ;;
  reset)
    copy "$base" "$snapshot"
    # The log of commands is written anew from what was loaded.
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
