import { any, type Endpoint } from './endpoint.ts'
import { rebuildFilters } from './filters.ts'

/** Time in seconds since 1970 with a fraction, a time of RFC 3339, or a duration such as `5m`. */
export const time = /^[\w.:+-]{0,40}$/

/** What describes the engine. */
export const system: readonly Endpoint[] = [
  { methods: ['GET', 'HEAD'], path: '/_ping', rebuild: () => ({ path: ['_ping'] }) },
  { methods: ['GET'], path: '/version', rebuild: () => ({ path: ['version'] }) },
  {
    methods: ['GET'],
    path: '/info',
    rebuild: () => ({ path: ['info'], answer: { kind: 'filter', what: 'info' } }),
  },
  {
    methods: ['GET'],
    path: '/events',
    query: { since: time, until: time, filters: any },
    rebuild: ({ query }, context) => ({
      path: ['events'],
      query: {
        since: query.get('since'),
        until: query.get('until'),
        filters: rebuildFilters(query.get('filters'), eventFilters, context, true),
      },
      answer: { kind: 'filter', what: 'events' },
    }),
  },
]

// ---

const eventFilters = ['container', 'event', 'image', 'label', 'network', 'type', 'volume']
