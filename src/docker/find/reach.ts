import type { InfoJson } from '../api/api-types.ts'

/** How this process reaches containers of an engine. */
export interface Reach {
  /** Host under which published ports answer. */
  readonly host: string
  /** Address of the engine's host on which ports are published. */
  readonly publishIp: string
  /** Whether containers can be reached by their own addresses. */
  readonly directRoute: boolean
}

/** What decides how this process reaches an engine. */
export interface Viewpoint {
  readonly platform: NodeJS.Platform
  readonly hostname: string
  /** Whether this process itself runs in a container. */
  readonly inContainer: boolean
  /** This process's default gateway, IPv4. */
  readonly gateway: string | undefined
  /** Host that the user has set for published ports; wins over everything. */
  readonly hostOverride: string | undefined
}

/** Returns how this process reaches containers of the engine. Pure. */
export const reachOf = (endpoint: string, info: InfoJson, view: Viewpoint): Reach => {
  const remote = /^(?:tcp|https?):\/\/\[?([^/\]]*?)\]?(?::\d+)?$/.exec(endpoint)?.[1]
  const sameHost = info.Name === view.hostname
  const directRoute =
    remote === undefined &&
    view.platform === 'linux' &&
    sameHost &&
    !(info.SecurityOptions ?? []).some((option) => option.includes('rootless'))
  if (view.hostOverride) return { host: view.hostOverride, publishIp: '0.0.0.0', directRoute }
  if (remote !== undefined && !loopback.test(remote)) {
    return { host: remote, publishIp: '0.0.0.0', directRoute }
  }
  // In a container with the engine's socket mounted, the engine's host is the gateway.
  if (view.inContainer && !sameHost && view.gateway !== undefined) {
    return { host: view.gateway, publishIp: view.gateway, directRoute }
  }
  return { host: '127.0.0.1', publishIp: '127.0.0.1', directRoute }
}

// ---

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/
