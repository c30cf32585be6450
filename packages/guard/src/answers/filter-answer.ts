import { allowsImage } from '../policy/image-pattern.ts'
import { readImageReference } from '../policy/image-reference.ts'
import type { Policy } from '../policy/policy.ts'
import type { Answer } from '../rules/endpoint.ts'
import type { SessionView } from '../session/session.ts'

/** What a filter is for. */
export type Filtered = Extract<Answer, { kind: 'filter' }>['what']

/**
 * Keeps of an answer what belongs to the session or the policy allows. The engine has filtered by label before; labels
 * can be inherited from images, so ids decide.
 *
 * @param body JSON of the engine, which is trusted.
 */
export const filterAnswer = (
  what: Filtered,
  body: string,
  session: SessionView,
  policy: Policy,
): string => {
  const value: unknown = JSON.parse(body)
  switch (what) {
    case 'containers':
      return JSON.stringify(rows(value).filter(({ Id }) => hasContainer(session, Id)))
    case 'networks':
      return JSON.stringify(
        rows(value)
          .filter(({ Id }) => session.network(String(Id))?.id === Id)
          .map((network) => withoutOthers(network, session)),
      )
    case 'network':
      return JSON.stringify(withoutOthers(value as Row, session))
    case 'volumes': {
      const { Volumes, Warnings = null } = value as Row
      const own = rows(Volumes).filter(({ Name }) => session.hasVolume(String(Name)))
      return JSON.stringify({ Volumes: own, Warnings })
    }
    case 'images':
      return JSON.stringify(rows(value).flatMap((image) => allowedNames(image, policy)))
    case 'info':
      return JSON.stringify(
        Object.fromEntries(Object.entries(value as Row).filter(([key]) => infoKeys.has(key))),
      )
    case 'events':
      return keepsEvent(value, session) ? body : ''
  }
}

/** Whether an event is about something of the session. */
export const keepsEvent = (event: unknown, session: SessionView): boolean => {
  const { Type, Actor } = event as { readonly Type?: unknown; readonly Actor?: Row | null }
  const id = String(Actor?.ID ?? '')
  if (Type === 'container') return hasContainer(session, id)
  if (Type === 'network') return session.network(id)?.id === id
  return Type === 'volume' && session.hasVolume(id)
}

// ---

type Row = Readonly<Record<string, unknown>>

const rows = (value: unknown): readonly Row[] => (Array.isArray(value) ? value : [])

const hasContainer = (session: SessionView, id: unknown): boolean =>
  typeof id === 'string' && session.container(id)?.id === id

const withoutOthers = (network: Row, session: SessionView): Row =>
  network.Containers === undefined
    ? network
    : {
        ...network,
        Containers: Object.fromEntries(
          Object.entries((network.Containers ?? {}) as Row).filter(([id]) =>
            hasContainer(session, id),
          ),
        ),
      }

/** An image without the names that the policy does not allow; nothing if none is left. */
const allowedNames = (image: Row, { images }: Policy): readonly Row[] => {
  const allowed = (names: unknown): readonly string[] =>
    (Array.isArray(names) ? names : []).filter((name: unknown) => {
      const reference = typeof name === 'string' ? readImageReference(name) : undefined
      return reference !== undefined && allowsImage(images, reference)
    })
  const RepoTags = allowed(image.RepoTags)
  const RepoDigests = allowed(image.RepoDigests)
  return RepoTags.length + RepoDigests.length === 0 ? [] : [{ ...image, RepoTags, RepoDigests }]
}

/** What clients need to know of the engine; counts, plugins, swarm and proxies are left out. */
const infoKeys: ReadonlySet<string> = new Set([
  'Architecture',
  'CPUSet',
  'CPUShares',
  'CgroupDriver',
  'CgroupVersion',
  'CpuCfsPeriod',
  'CpuCfsQuota',
  'Driver',
  'IndexServerAddress',
  'KernelVersion',
  'MemTotal',
  'MemoryLimit',
  'NCPU',
  'OSType',
  'OSVersion',
  'OperatingSystem',
  'PidsLimit',
  'ServerVersion',
  'SwapLimit',
  'SystemTime',
])
