import type { NetworkAttachment } from '../../runtime/network-spec.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { engineError, hasStatus } from '../api/errors.ts'

/** Attaches a container to a network; see `Runtime.attach`. */
export const attachTo = async (
  api: EngineApi,
  { container, network, aliases }: NetworkAttachment,
): Promise<void> => {
  try {
    await api.json('POST', `/networks/${segment(network)}/connect`, {
      body: { Container: container, EndpointConfig: { Aliases: aliases } },
    })
  } catch (error) {
    if (says('attached', error)) return
    throw engineError(error, 'the container could not be attached to the network', { network })
  }
}

/** Detaches a container from a network; see `Runtime.detach`. */
export const detachFrom = async (
  api: EngineApi,
  { container, network }: Pick<NetworkAttachment, 'container' | 'network'>,
): Promise<void> => {
  try {
    await api.json('POST', `/networks/${segment(network)}/disconnect`, {
      body: { Container: container, Force: true },
    })
  } catch (error) {
    // 404: the container or the network was removed.
    if (hasStatus(error, 404) || says('detached', error)) return
    throw engineError(error, 'the container could not be detached from the network', { network })
  }
}
