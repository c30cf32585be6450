import { refuse } from '../http/refusal.ts'
import { object, oneOf, text, unset } from '../shape/shape.ts'
import { build, isName, labels, nameRule } from '../shape/values.ts'
import { any, bool, type Context, type Endpoint, shaped, withLabel } from './endpoint.ts'
import { rebuildFilters } from './filters.ts'

/** Volumes of the local driver without options: options mount any directory of the host. */
export const volumes: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: '/volumes',
    query: { filters: any },
    rebuild: ({ query }, context) => ({
      path: ['volumes'],
      query: {
        filters: rebuildFilters(query.get('filters'), ['dangling', 'label', 'name'], context, true),
      },
      answer: { kind: 'filter', what: 'volumes' },
    }),
  },
  {
    methods: ['POST'],
    path: '/volumes/create',
    droppedQuery: 'any',
    body: 'json',
    rebuild: ({ json }, context) => {
      const given = shaped(volumeBody, json, 'the volume')
      const name = given.get('Name')
      if (typeof name !== 'string' || !isName(name)) return refuse(403, `Name ${nameRule}`)
      const value = build({
        Name: name,
        Driver: 'local',
        Labels: withLabel(given.get('Labels'), context),
      })
      return {
        path: ['volumes', 'create'],
        body: { kind: 'json', value },
        answer: { kind: 'created volume', name },
      }
    },
  },
  {
    methods: ['GET'],
    path: '/volumes/{name}',
    rebuild: ({ params }, context) => ({ path: ['volumes', ownVolume(params.name, context)] }),
  },
  {
    methods: ['DELETE'],
    path: '/volumes/{name}',
    query: { force: bool },
    rebuild: ({ params, query }, context) => {
      const name = ownVolume(params.name, context)
      return {
        path: ['volumes', name],
        query: { force: query.get('force') },
        answer: { kind: 'removed', what: 'volume', id: name },
      }
    },
  },
]

// ---

const volumeBody = object({
  Name: text(),
  Driver: oneOf('', 'local'),
  DriverOpts: unset,
  ClusterVolumeSpec: unset,
  Labels: labels,
})

const ownVolume = (name = '', { session }: Context): string =>
  session.hasVolume(name) ? name : refuse(404, `get ${name}: no such volume`)
