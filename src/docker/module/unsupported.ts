import { type Foreign, foreign, list } from './foreign.ts'

/**
 * What a container asks for that a service cannot have, one line each. Told rather than dropped: the
 * service would start and be wrong.
 */
export const unsupported = (ready: Foreign): readonly (readonly string[] | Promise<string[]>)[] => {
  const host = foreign(ready.hostConfig)
  const settings = Object.entries(names)
    .filter(([key]) => isSet(host[key]))
    .map(([, name]) => name)
  const contents = list(ready.contentsToCopy).filter(
    (file) => typeof foreign(file).content !== 'string' && !isUtf8(foreign(file).content),
  )
  return [
    settings,
    list(ready.archivesToCopy).length > 0 ? ['withCopyArchivesToContainer'] : [],
    contents.length > 0 ? ['withCopyContentToContainer with content that is not text'] : [],
    typeof ready.containerCreated === 'function'
      ? ['work of its class after create (containerCreated)']
      : [],
    hookFault(ready, 'containerStarting', 'before it is ready'),
    hookFault(ready, 'containerStarted', 'once it is ready'),
  ]
}

const names: Readonly<Record<string, string>> = {
  Privileged: 'withPrivilegedMode',
  CapAdd: 'withAddedCapabilities',
  CapDrop: 'withDroppedCapabilities',
  Ulimits: 'withUlimits',
  SecurityOpt: 'withSecurityOpt',
  ExtraHosts: 'withExtraHosts',
  IpcMode: 'withIpcMode',
}

const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== ''

const isUtf8 = (content: unknown): boolean => {
  if (!(content instanceof Uint8Array)) return false
  const bytes = Buffer.from(content)
  return Buffer.from(bytes.toString()).equals(bytes)
}

/**
 * Classes may work on the running container. Many only do so when asked to by an option, so the work is
 * begun with something in the container's place that notices the first touch.
 */
const hookFault = async (ready: Foreign, hook: string, when: string): Promise<string[]> => {
  const work = ready[hook]
  if (typeof work !== 'function') return []
  const touch = { touched: false }
  const untouchable: object = new Proxy(() => untouchable, {
    get: () => {
      touch.touched = true
      throw new Error('touched')
    },
  })
  try {
    await work.call(ready, untouchable, {}, false)
    return touch.touched ? [`work of its class ${when} (${hook})`] : []
  } catch {
    // Whatever stopped it: there was work to do.
    return [`work of its class ${when} (${hook})`]
  }
}
