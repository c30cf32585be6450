import { secret, type TaskSpec } from 'mesocosm'
import { client } from './client-script.ts'
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

/** User as whom the tasks connect once they have made it. */
const keeper = 'mesocosm'

/**
 * The tasks, as one shell script inside the server's container: `sh lanes.sh baseline | reset`.
 *
 * A reset first restores settings and users as they were at the baseline.
 *
 * The baseline is a copy of the server's own snapshot file: all databases, with expiry times and functions.
 * A reset loads it in place of the current data, with clients still connected.
 */
const script = `#!/bin/sh
set -eu
${client}
redis() { client -e "$@"; }
quietly() { said=$(redis "$@" 2>&1) || { echo "$said" >&2; exit 1; }; }
setting() { redis config get "$1" | sed -n 2p; }
kept=\${REDIS_DIR:-/tmp}/mesocosm
settings() { redis config get '*' | paste - - | sort; }
# One line for each user, with all rules.
users() { redis acl list | sort; }
# A pattern for keys is none for files.
set -f

# A test may change the account of the clients, or its password, so the tasks have one of their own.
own_account() {
  [ -f "$kept/key" ] || return 0
  key=$(cat "$kept/key")
  # The server was started again, and has the declared accounts.
  REDISCLI_AUTH=$key client -e --user ${keeper} ping > /dev/null 2>&1 || return 0
  export REDISCLI_AUTH="$key"
  redis() { client -e --user ${keeper} "$@"; }
}

keep_server() {
  mkdir -p "$kept"
  [ -f "$kept/key" ] || (umask 077; head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' > "$kept/key")
  quietly acl setuser ${keeper} reset on ">$(cat "$kept/key")" '~*' '&*' +@all
  settings > "$kept/settings"
  users > "$kept/users"
}

restore_server() {
  # A replica refuses to be written to, and a paused server lets commands wait.
  quietly client unpause
  ! grep -qx "replicaof$tab" "$kept/settings" || quietly replicaof no one
  settings > "$kept/settings.now"
  comm -23 "$kept/settings" "$kept/settings.now" | while IFS= read -r line; do
    quietly config set "\${line%%$tab*}" "\${line#*$tab}"
  done
  users > "$kept/users.now"
  comm -13 "$kept/users" "$kept/users.now" | while read -r _ name _; do
    grep -q "^user $name " "$kept/users" || quietly acl deluser "$name"
  done
  comm -23 "$kept/users" "$kept/users.now" | while read -r _ name rules; do
    quietly acl setuser "$name" reset $rules
  done
}
tab=$(printf '\\t')

own_account
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
    keep_server
    ;;
  reset)
    restore_server
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
