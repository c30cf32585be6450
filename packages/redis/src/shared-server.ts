import { createHash } from 'node:crypto'
import { ref, secret, self, type TaskSpec } from 'mesocosm'
import { client } from './client-script.ts'
import type { ServerKind } from './server-kind.ts'

/** Returns what a shared server has: each lane is a user who can use only names that begin with its prefix. */
export const sharedServer = (password: string): ServerKind => {
  const task = (what: 'enter' | 'baseline' | 'reset' | 'leave'): TaskSpec => ({
    argv: ['sh', '/mesocosm/lanes.sh', what, self('username'), self('prefix')],
    env: { REDISCLI_AUTH: secret(password), LANE_PASSWORD: secret(password) },
  })
  return {
    // Permissions are for all databases, so another one would not be kept apart.
    settings: { databases: 1, aclfile: '/data/users.acl' },
    files: [
      { content: script, to: '/mesocosm/lanes.sh' },
      { content: laneFunction, to: '/mesocosm/lane.lua' },
      { content: users(password), to: '/data/users.acl', mode: 0o644 },
    ],
    outputs: {
      username: ref('lane.name'),
      password: secret(password),
      prefix: [ref('lane.name'), ':'],
    },
    account: [ref('lane.name'), ':', secret(encodeURIComponent(password)), '@'],
    tasks: {
      enter: [task('enter')],
      baseline: [task('baseline')],
      reset: [task('reset')],
      leave: [task('leave')],
    },
  }
}

// ---

/** The only user who can change the server: it creates the users of lanes. */
const keeper = 'mesocosm'

/** As a hash, so that a password can have any characters. */
const users = (password: string) =>
  `user default off\nuser ${keeper} on #${createHash('sha256').update(password).digest('hex')} ~* &* +@all\n`

/**
 * The tasks, as one shell script inside the server's container: `sh lanes.sh <hook> <user> <prefix>`.
 * The password of the lane's user is in `LANE_PASSWORD`, that of the keeper in `REDISCLI_AUTH`.
 *
 * A lane's baseline is a hash outside of all prefixes, read and written by {@link laneFunction}.
 */
const script = `#!/bin/sh
set -eu
user=$2 prefix=$3
${client}
redis() { client -e --user ${keeper} "$@"; }
quietly() { said=$(redis "$@" 2>&1) || { echo "$said" >&2; exit 1; }; }
data() { quietly --eval "\${REDIS_DIR:-/mesocosm}/lane.lua" , "$1" "$prefix"; }

case "$1" in
  enter)
    # Indexes of the search module belong to the whole server; a server without it rejects the category.
    search=-@search
    redis acl cat search > /dev/null 2>&1 || search=
    quietly acl setuser "$user" reset on ">$LANE_PASSWORD" \\
      "~$prefix*" "&$prefix*" "&__keyspace@0__:$prefix*" \\
      +@all -@admin -@dangerous $search \\
      -function -script '+script|load' '+script|exists' \\
      -select '+select|0' -move -randomkey -dbsize \\
      -pubsub '+pubsub|numsub' '+pubsub|shardnumsub' \\
      +info +sort +sort_ro
    # For the server's next start.
    quietly acl save
    ;;
  baseline | reset)
    data "$1"
    ;;
  leave)
    # First the user, whose connections end, so that nothing is written after that.
    quietly acl deluser "$user"
    quietly acl save
    data leave
    ;;
esac
`

/** Stores, restores or deletes all keys with a prefix, as one atomic step. */
const laneFunction = `
local what, prefix = ARGV[1], ARGV[2]
local base = 'mesocosm:base:' .. prefix

local function names()
  local found, cursor = {}, '0'
  local pattern = prefix:gsub('[%[%]*?\\\\]', '\\\\%0') .. '*'
  repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1000)
    cursor = reply[1]
    for _, name in ipairs(reply[2]) do found[#found + 1] = name end
  until cursor == '0'
  return found
end

local function delete()
  for _, name in ipairs(names()) do redis.call('UNLINK', name) end
end

if what == 'baseline' then
  redis.call('UNLINK', base)
  for _, name in ipairs(names()) do
    local data = redis.call('DUMP', name)
    if data then redis.call('HSET', base, name, redis.call('PEXPIRETIME', name) .. ' ' .. data) end
  end
elseif what == 'reset' then
  delete()
  local kept = redis.call('HGETALL', base)
  for at = 1, #kept, 2 do
    local name, entry = kept[at], kept[at + 1]
    local space = entry:find(' ', 1, true)
    local expires, data = entry:sub(1, space - 1), entry:sub(space + 1)
    if expires == '-1' then redis.call('RESTORE', name, 0, data)
    else redis.call('RESTORE', name, expires, data, 'ABSTTL') end
  end
else
  delete()
  redis.call('UNLINK', base)
end
return 'OK'
`
