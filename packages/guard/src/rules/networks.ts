import { refuse } from '../http/refusal.ts'
import type { Json } from '../json/json.ts'
import { isWithin } from '../policy/subnet.ts'
import {
  dropped,
  fault,
  flag,
  list,
  object,
  oneOf,
  type Shape,
  text,
  unset,
} from '../shape/shape.ts'
import { address, build, isName, labels, nameRule } from '../shape/values.ts'
import {
  any,
  bool,
  type Context,
  type Endpoint,
  ownContainer,
  ownNetwork,
  shaped,
  withLabel,
} from './endpoint.ts'
import { endpointSettings } from './endpoint-settings.ts'
import { rebuildFilters } from './filters.ts'

/** Bridges of the session. Connections need both ends to belong to it. */
export const networks: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: '/networks',
    query: { filters: any },
    rebuild: ({ query }, context) => ({
      path: ['networks'],
      query: {
        filters: rebuildFilters(
          query.get('filters'),
          ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'],
          context,
          true,
        ),
      },
      answer: { kind: 'filter', what: 'networks' },
    }),
  },
  {
    methods: ['POST'],
    path: '/networks/create',
    droppedQuery: 'any',
    body: 'json',
    rebuild: ({ json }, context) => {
      const given = shaped(networkBody(context), json, 'the network')
      const name = given.get('Name')
      if (typeof name !== 'string' || !isNetworkName(name))
        return refuse(403, `Name ${nameRule}, and not be ${reserved.join(', ')}`)
      const value = build({
        ...Object.fromEntries(given),
        Driver: 'bridge',
        Options: build({ 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' }),
        Labels: withLabel(given.get('Labels'), context),
      })
      return {
        path: ['networks', 'create'],
        body: { kind: 'json', value },
        answer: { kind: 'created network', name },
        ...(likeShortId.test(name) ? { absent: ['networks', name] } : {}),
      }
    },
  },
  {
    methods: ['GET'],
    path: '/networks/{id}',
    query: { verbose: bool, scope: /^(?:|local)$/ },
    rebuild: ({ params }, context) => ({
      // Clients read the gateway of the default bridge, also of that of the engine.
      path: ['networks', params.id === 'bridge' ? 'bridge' : ownNetwork(context, params.id).id],
      answer: { kind: 'filter', what: 'network' },
    }),
  },
  {
    methods: ['DELETE'],
    path: '/networks/{id}',
    rebuild: ({ params }, context) => {
      const { id } = removable(params.id, context)
      return { path: ['networks', id], answer: { kind: 'removed', what: 'network', id } }
    },
  },
  {
    methods: ['POST'],
    path: '/networks/{id}/connect',
    droppedQuery: 'any',
    body: 'json',
    rebuild: ({ params, json }, context) => {
      const given = shaped(connectBody, json, 'the connection')
      return {
        path: ['networks', ownNetwork(context, params.id).id, 'connect'],
        body: {
          kind: 'json',
          value: build({
            Container: ownContainer(context, textOf(given.get('Container'))).id,
            EndpointConfig: given.get('EndpointConfig'),
          }),
        },
      }
    },
  },
  {
    methods: ['POST'],
    path: '/networks/{id}/disconnect',
    droppedQuery: 'any',
    body: 'json',
    rebuild: ({ params, json }, context) => {
      const given = shaped(disconnectBody, json, 'the connection')
      return {
        path: ['networks', ownNetwork(context, params.id).id, 'disconnect'],
        body: {
          kind: 'json',
          value: build({
            Container: ownContainer(context, textOf(given.get('Container'))).id,
            Force: given.get('Force'),
          }),
        },
      }
    },
  },
]

// ---

/** Networks of the engine that every container may name. */
const reserved = ['bridge', 'host', 'none', 'default', 'ingress', 'container']

/** testcontainers names networks with 12 hexadecimal digits, the length of a short id. */
const likeShortId = /^[0-9a-f]{12}$/

const isNetworkName = (name: string): boolean =>
  (isName(name) || likeShortId.test(name)) && !reserved.includes(name)

const subnet =
  ({ policy }: Context): Shape =>
  (value, at, faults) =>
    typeof value === 'string' && isWithin(value, policy.subnets)
      ? value
      : fault(faults, at, `must be in ${policy.subnets.join(', ') || 'no subnet: leave it out'}`)

const networkBody = (context: Context): Shape =>
  object({
    Name: text(),
    CheckDuplicate: dropped(flag),
    Driver: oneOf('', 'bridge'),
    Scope: unset,
    Internal: flag,
    Attachable: dropped(flag),
    Ingress: unset,
    ConfigOnly: unset,
    ConfigFrom: unset,
    IPAM: object({
      Driver: dropped(oneOf('', 'default')),
      Options: unset,
      Config: list(
        object({
          Subnet: subnet(context),
          IPRange: subnet(context),
          Gateway: address,
          AuxiliaryAddresses: unset,
        }),
      ),
    }),
    EnableIPv4: flag,
    EnableIPv6: flag,
    Options: unset,
    Labels: labels,
  })

const connectBody = object({ Container: text(), EndpointConfig: endpointSettings })

const disconnectBody = object({ Container: text(), Force: flag })

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const removable = (reference: string | undefined, context: Context) => {
  const network = ownNetwork(context, reference)
  return network.id === context.session.defaultNetwork.id
    ? refuse(403, `network ${network.name} is the default network of the session`)
    : network
}
