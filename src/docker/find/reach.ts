import type { InfoJson } from '../api/api-types.ts'

/** How this process reaches containers of an engine. */
export interface Reach {
  /** Host under which published ports answer. */
  readonly host: string
  /** Address of the engine's host on which ports are published. */
  readonly publishIp: string
  /** Whether containers can be reached by their own addresses. */
  readonly directRoute: boolean
  /** Whether this process runs in a container with the socket of an engine outside. */
  readonly outside: boolean
}

/** What decides how this process reaches an engine. */
export interface Viewpoint {
  readonly platform: NodeJS.Platform
  readonly hostname: string
  /** Whether this process itself runs in a container. */
  readonly inContainer: boolean
  /** This process's default gateway, IPv4. */
  readonly gateway: string | undefined
  /** Host under which published ports answer, as the user has set it. It does not say where they are published. */
  readonly hostOverride: string | undefined
}

/**
 * Returns how this process reaches containers of the engine. Pure.
 *
 * Where ports answer and where they are published are two questions. They are published on the loopback address
 * unless this process can reach only another one: that of the bridge from inside a container, and every address of
 * the engine's host if that is another machine, because its addresses are not known.
 */
export const reachOf = (endpoint: string, info: InfoJson, view: Viewpoint): Reach => {
  const named = /^(?:tcp|https?):\/\/\[?([^/\]]*?)\]?(?::\d+)?(?:\/.*)?$/.exec(endpoint)?.[1]
  const sameHost = info.Name === view.hostname
  const directRoute =
    named === undefined &&
    view.platform === 'linux' &&
    sameHost &&
    !(info.SecurityOptions ?? []).some((option) => option.includes('rootless'))
  const found = placeOf({ named, sameHost, view })
  return {
    host: view.hostOverride || found.host,
    publishIp: found.publishIp,
    directRoute,
    outside: named === undefined && view.inContainer && !sameHost,
  }
}

// ---

interface Place {
  readonly named: string | undefined
  readonly sameHost: boolean
  readonly view: Viewpoint
}

const placeOf = ({ named, sameHost, view }: Place): Pick<Reach, 'host' | 'publishIp'> => {
  const { hostOverride: override, gateway } = view
  if (named !== undefined && !loopback.test(named)) return { host: named, publishIp: every }
  if (sameHost) return { host: own, publishIp: own }
  // The engine has another name: it runs in a virtual machine, behind a forwarded port, or outside of this container.
  if (override && loopback.test(override)) return { host: override, publishIp: own }
  const atGateway = view.inContainer && gateway !== undefined
  if (override && !(atGateway && override === gateway)) return { host: override, publishIp: every }
  return atGateway ? { host: gateway, publishIp: gateway } : { host: own, publishIp: own }
}

const own = '127.0.0.1'
const every = '0.0.0.0'
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/
