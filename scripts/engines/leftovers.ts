import { setTimeout as delay } from 'node:timers/promises'
import { engineText } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'

/** What is on an engine: descriptions by id. */
export type Resources = ReadonlyMap<string, string>

/** Returns all containers, networks and volumes, labelled or not. */
export const resourcesOn = async (endpoint: Endpoint): Promise<Resources> => {
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    ask<Listed[]>(endpoint, '/containers/json', { all: '1' }),
    ask<Listed[]>(endpoint, '/networks'),
    ask<{ Volumes: Listed[] | null }>(endpoint, '/volumes'),
  ])
  return new Map([
    ...entries('container', containers),
    ...entries('network', networks),
    ...entries('volume', volumes ?? []),
  ])
}

/** Returns what is new and does not go away within `timeoutMs`: supervisors end a little after their tests. */
export const leftovers = async (
  endpoint: Endpoint,
  before: Resources,
  timeoutMs = 90_000,
): Promise<readonly string[]> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const now = await resourcesOn(endpoint)
    const left = [...now].flatMap(([id, what]) => (before.has(id) ? [] : [what]))
    if (left.length === 0 || Date.now() > deadline) return left
    await delay(1_000)
  }
}

// ---

interface Listed {
  readonly Id?: string
  readonly Name?: string
  readonly Names?: readonly string[]
}

const entries = (kind: string, listed: readonly Listed[]): [id: string, what: string][] =>
  listed.map(({ Id, Name, Names }) => {
    // Podman lists containers with an empty `Name`.
    const name = Name || Names?.[0]?.replace(/^\//, '') || ''
    return [`${kind} ${Id ?? name}`, `${kind} ${name}`]
  })

const ask = async <T>(
  endpoint: Endpoint,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<T> => JSON.parse(await engineText(endpoint, { path, query })) as T
