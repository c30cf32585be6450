import { isList, isObject, type Json } from '../json/json.ts'
import type { Policy } from '../policy/policy.ts'
import { emptyObject, fault, like, list, map, object, oneOf, type Shape } from '../shape/shape.ts'
import { build } from '../shape/values.ts'

const port = /^[1-9]\d{0,4}(?:\/(?:tcp|udp|sctp))?$/
const portRule = 'keys must be ports such as 80/tcp'

/** `Config.ExposedPorts`. */
export const exposedPorts = map(like(port), emptyObject, portRule)

/** `HostConfig.PortBindings`: every port is published on 127.0.0.1. */
export const portBindings =
  (policy: Policy): Shape =>
  (value, at, faults) => {
    const bindings = map(like(port), list(binding(policy)), portRule)(
      withoutEmpty(value),
      at,
      faults,
    )
    return bindings
  }

// ---

/** Some engines publish an empty list on all addresses. */
const withoutEmpty = (value: Json): Json =>
  isObject(value)
    ? new Map(
        [...value].filter(([, item]) => item !== null && !(isList(item) && item.length === 0)),
      )
    : value

const binding =
  (policy: Policy): Shape =>
  (value, at, faults) => {
    const given = object({
      HostIp: oneOf('', '0.0.0.0', '127.0.0.1', '::', '::1', 'localhost'),
      HostPort: hostPort(policy),
    })(value, at, faults)
    if (!isObject(given)) return undefined
    return build({ HostIp: '127.0.0.1', HostPort: given.get('HostPort') ?? '' })
  }

const hostPort =
  ({ hostPorts }: Policy): Shape =>
  (value, at, faults) => {
    if (value === '' || value === '0') return ''
    if (hostPorts === 'none') return fault(faults, at, 'must be empty or 0')
    const [first, last] = hostPorts
    const fits = typeof value === 'string' && /^[1-9]\d{0,4}$/.test(value)
    return fits && Number(value) >= first && Number(value) <= last
      ? value
      : fault(faults, at, `must be empty, 0, or from ${first} to ${last}`)
  }
