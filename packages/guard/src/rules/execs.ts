import { refuse } from '../http/refusal.ts'
import type { JsonObject } from '../json/json.ts'
import { dropped, flag, integer, list, object, text, unset } from '../shape/shape.ts'
import { words } from '../shape/values.ts'
import { env, user, workingDir } from './create-container.ts'
import { type Context, digits, type Endpoint, ownContainer, shaped } from './endpoint.ts'

/** Programs in containers of the session. */
export const execs: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: '/containers/{id}/exec',
    body: 'json',
    rebuild: ({ params, json }, context) => {
      const container = ownContainer(context, params.id)
      const given = shaped(execBody, json, 'the exec')
      const value = container.writesHost
        ? new Map([...given, ['User', writerOf(given, context)]])
        : given
      return {
        path: ['containers', container.id, 'exec'],
        body: { kind: 'json', value },
        answer: { kind: 'created exec', container: container.id },
      }
    },
  },
  {
    methods: ['POST'],
    path: '/exec/{id}/start',
    body: 'json',
    stream: true,
    rebuild: ({ params, json }, context) => ({
      path: ['exec', ownExec(params.id, context), 'start'],
      body: { kind: 'json', value: shaped(startBody, json, 'the start of the exec') },
      answer: { kind: 'stream' },
    }),
  },
  {
    methods: ['POST'],
    path: '/exec/{id}/resize',
    query: { h: digits, w: digits },
    rebuild: ({ params, query }, context) => ({
      path: ['exec', ownExec(params.id, context), 'resize'],
      query: Object.fromEntries(query),
    }),
  },
  {
    methods: ['GET'],
    path: '/exec/{id}/json',
    rebuild: ({ params }, context) => ({ path: ['exec', ownExec(params.id, context), 'json'] }),
  },
]

// ---

const execBody = object({
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  Tty: flag,
  DetachKeys: text(/^[\w@[\\\]^,-]{0,64}$/, 'must be keys such as ctrl-p'),
  ConsoleSize: list(integer(0, 10_000)),
  Env: env,
  Cmd: words,
  User: user,
  WorkingDir: workingDir,
  Privileged: unset,
  Detach: flag,
})

const startBody = object({
  Detach: flag,
  Tty: flag,
  ConsoleSize: list(integer(0, 10_000)),
  // Options of dockerode itself, which it also sends.
  hijack: dropped(flag),
  stdin: dropped(flag),
})

const ownExec = (id = '', { session }: Context): string =>
  session.exec(id) === undefined ? refuse(404, `No such exec instance: ${id}`) : id

/** As for the container: nothing that can write files of the host runs as root. */
const writerOf = (given: JsonObject, { policy }: Context): string => {
  const asked = given.get('User') || policy.user
  return policy.user !== undefined && asked === policy.user
    ? policy.user
    : refuse(
        403,
        `User ${String(asked)} is not allowed in a container with a writable bind; use ${policy.user}`,
      )
}
