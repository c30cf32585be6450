import { type Derived, isAlwaysPresentWith } from '../derived.ts'
import type { Remark } from '../note.ts'
import type { Dependency, Draft } from '../service/draft.ts'
import type { Part } from './refer.ts'

/** How a service depends on the others. */
export interface Arranged {
  /** Variables that contain references. */
  readonly env: ReadonlyMap<string, readonly ArrangedPart[]>
  /** Dependencies that no reference implies, by service. */
  readonly dependsOn: ReadonlyMap<string, 'started' | 'healthy' | 'completed'>
  readonly remarks: readonly Remark[]
}

/** Part of a variable; `wait: false` for a reference that does not delay the start. */
export type ArrangedPart = Part & { readonly wait?: boolean }

/**
 * Decides which references are kept, which of them delay the start of a service, and what remains of `depends_on`.
 * A reference is a dependency; one that would create a cycle does not wait.
 */
export const arrange = (
  drafts: readonly Draft[],
  references: ReadonlyMap<string, ReadonlyMap<string, readonly Part[]>>,
  derived: readonly Derived[],
): ReadonlyMap<string, Arranged> => {
  const byComposeName = new Map(drafts.map((draft) => [draft.composeName, draft]))
  const kept = new Map(
    drafts.map((draft) => [draft.name, split(draft, byComposeName, derived)] as const),
  )
  const needs = new Map(
    [...kept].map(([name, { dependencies }]) => [name, new Set(dependencies.keys())]),
  )
  return new Map(
    drafts.map((draft) => {
      const { dependencies, remarks } = kept.get(draft.name) ?? {
        dependencies: new Map(),
        remarks: [],
      }
      const own = needs.get(draft.name) ?? new Set()
      const implied = new Set<string>()
      const more: Remark[] = []
      const env = new Map<string, readonly ArrangedPart[]>()
      for (const [key, parts] of references.get(draft.name) ?? []) {
        const services = parts.flatMap((part) => ('service' in part ? part.service : []))
        const absent = services.find((other) => !isAlwaysPresentWith(draft.name, other, derived))
        if (absent !== undefined) {
          more.push({
            key: `environment ${key}`,
            text: `refers to ${absent}, which exists only with its profile.`,
          })
          continue
        }
        for (const other of services)
          if (!reaches(needs, other, draft.name)) {
            own.add(other)
            implied.add(other)
          }
        env.set(
          key,
          parts.map((part) =>
            'service' in part && !own.has(part.service) ? { ...part, wait: false } : part,
          ),
        )
      }
      const dependsOn = new Map<string, 'started' | 'healthy' | 'completed'>()
      for (const [other, condition] of dependencies) {
        const wanted = condition === 'short' ? 'healthy' : condition
        if (wanted !== 'healthy' || !implied.has(other)) dependsOn.set(other, wanted)
      }
      return [draft.name, { env, dependsOn, remarks: [...remarks, ...more] }]
    }),
  )
}

// ---

interface Split {
  readonly dependencies: ReadonlyMap<string, Dependency['condition']>
  readonly remarks: readonly Remark[]
}

/** Separates dependencies on existing services from remarks on the others. */
const split = (
  draft: Draft,
  byComposeName: ReadonlyMap<string, Draft>,
  derived: readonly Derived[],
): Split => {
  const dependencies = new Map<string, Dependency['condition']>()
  const remarks: Remark[] = []
  for (const { composeName, condition } of draft.dependsOn) {
    const other = byComposeName.get(composeName)
    const key = `depends_on ${composeName}`
    if (other === undefined) remarks.push({ key, text: 'this service does not exist.' })
    else if (!isAlwaysPresentWith(draft.name, other.name, derived))
      remarks.push({ key, text: 'this service exists only with its profile.' })
    else if (other.name !== draft.name) dependencies.set(other.name, condition)
  }
  return { dependencies, remarks }
}

const reaches = (
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean => {
  const seen = new Set<string>()
  const open = [from]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true
    if (seen.has(name)) continue
    seen.add(name)
    open.push(...(needs.get(name) ?? []))
  }
  return false
}
