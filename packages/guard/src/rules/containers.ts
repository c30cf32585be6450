import { refuse } from '../http/refusal.ts'
import { createContainer, nameOf } from './create-container.ts'
import { any, bool, digits, type Endpoint, mountableContainer, ownContainer } from './endpoint.ts'
import { rebuildFilters } from './filters.ts'
import { time } from './system.ts'

/** Containers of the session. `update`, `export`, `changes`, `commit` and checkpoints are refused by their absence. */
export const containers: readonly Endpoint[] = [
  createContainer,
  {
    methods: ['GET'],
    path: '/containers/json',
    query: { all: bool, size: bool, limit: /^-?\d{1,6}$/, filters: any },
    rebuild: ({ query }, context) => ({
      path: ['containers', 'json'],
      query: {
        all: query.get('all'),
        size: query.get('size'),
        limit: query.get('limit'),
        filters: rebuildFilters(query.get('filters'), listFilters, context, true),
      },
      answer: { kind: 'filter', what: 'containers' },
    }),
  },
  {
    methods: ['DELETE'],
    path: '/containers/{id}',
    query: { v: bool, force: bool },
    rebuild: ({ params, query }, context) => {
      const { id } = ownContainer(context, params.id)
      return {
        path: ['containers', id],
        query: Object.fromEntries(query),
        answer: { kind: 'removed', what: 'container', id },
      }
    },
  },
  {
    methods: ['POST'],
    path: '/containers/{id}/rename',
    query: { name: any },
    rebuild: ({ params, query }, context) => {
      const container = ownContainer(context, params.id)
      const name = nameOf(query.get('name')) ?? refuse(400, 'name is missing')
      return {
        path: ['containers', container.id, 'rename'],
        query: { name },
        answer: { kind: 'renamed container', container, name },
      }
    },
  },
  ...(
    [
      ['GET', 'json', { size: bool }],
      ['GET', 'top', { ps_args: /^(?:|-ef|aux)$/ }],
      ['GET', 'stats', { stream: bool, 'one-shot': bool }],
      ['GET', 'logs', logsQuery()],
      ['POST', 'start', { detachKeys: detachKeys() }],
      ['POST', 'stop', { t: /^-?\d{1,6}$/, signal: signal() }],
      ['POST', 'restart', { t: /^-?\d{1,6}$/, signal: signal() }],
      ['POST', 'kill', { signal: signal() }],
      ['POST', 'pause', {}],
      ['POST', 'unpause', {}],
      ['POST', 'wait', { condition: /^(?:|not-running|next-exit|removed)$/ }],
      ['POST', 'resize', { h: digits, w: digits }],
    ] as const
  ).map(
    ([method, action, query]): Endpoint => ({
      methods: [method],
      path: `/containers/{id}/${action}`,
      query,
      rebuild: ({ params, query }, context) => {
        const mounts = action === 'start' || action === 'restart'
        const { id } = (mounts ? mountableContainer : ownContainer)(context, params.id)
        return { path: ['containers', id, action], query: Object.fromEntries(query) }
      },
    }),
  ),
  {
    methods: ['POST'],
    path: '/containers/{id}/attach',
    query: {
      detachKeys: detachKeys(),
      logs: bool,
      stream: bool,
      stdin: bool,
      stdout: bool,
      stderr: bool,
    },
    // dockerode repeats its own option.
    droppedQuery: ['hijack'],
    stream: true,
    rebuild: ({ params, query }, context) => ({
      path: ['containers', ownContainer(context, params.id).id, 'attach'],
      query: Object.fromEntries(query),
      answer: { kind: 'stream' },
    }),
  },
]

// ---

const listFilters = [
  'ancestor',
  'exited',
  'expose',
  'health',
  'id',
  'label',
  'name',
  'network',
  'publish',
  'status',
  'volume',
]

function signal(): RegExp {
  return /^[\w+]{0,16}$/
}

function detachKeys(): RegExp {
  return /^[\w@[\\\]^,-]{0,64}$/
}

function logsQuery(): Readonly<Record<string, RegExp>> {
  return {
    details: bool,
    follow: bool,
    stdout: bool,
    stderr: bool,
    since: time,
    until: time,
    timestamps: bool,
    tail: /^(?:|all|-?\d{1,10})$/,
  }
}
