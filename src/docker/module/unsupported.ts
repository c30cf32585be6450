import { type Foreign, foreign, list } from './foreign.ts'

/** Returns the settings of a container that a service does not support, one line each. */
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
    contents.length > 0 ? ['withCopyContentToContainer with content that is not UTF-8'] : [],
    typeof ready.containerCreated === 'function'
      ? ['work of its class after create (containerCreated)']
      : [],
    hookFault(ready, 'containerStarting', 'before it is ready'),
    hookFault(ready, 'containerStarted', 'once it is ready'),
  ]
}

// ---

const names: Readonly<Record<string, string>> = {
  Privileged: 'withPrivilegedMode',
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
 * A class may use its running container in a hook, often only with some option. So the hook is called with an object
 * that detects the first access.
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
    // An error, too, means that the hook does something.
    return [`work of its class ${when} (${hook})`]
  }
}
