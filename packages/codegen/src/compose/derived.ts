import type { Draft } from './service/draft.ts'

/** An exported topology without the services of a profile. */
export interface Derived {
  /** Name of the export. */
  readonly name: string
  /** Profile that is left out; `undefined` for all of them. */
  readonly profile: string | undefined
  /** Names of the services that it lacks. */
  readonly removed: ReadonlySet<string>
}

/** Returns one topology per profile and, if there are several, one without all of them, which Compose starts by default. */
export const derivedTopologies = (drafts: readonly Draft[]): Derived[] => {
  const profiles = [...new Set(drafts.flatMap((draft) => draft.profiles))]
  const removedBy = (gone: (profile: string) => boolean) =>
    new Set(
      drafts
        .filter((draft) => draft.profiles.length > 0 && draft.profiles.every(gone))
        .map(({ name }) => name),
    )
  const single = profiles.map((profile) => ({
    name: `without${pascal(profile)}`,
    profile,
    removed: removedBy((one) => one === profile),
  }))
  const all = { name: 'withoutProfiles', profile: undefined, removed: removedBy(() => true) }
  const found = [...single, ...(profiles.length > 1 ? [all] : [])].filter(
    ({ removed }) => removed.size > 0,
  )
  return found.filter(({ name }, index) => found.findIndex((one) => one.name === name) === index)
}

/** Returns whether every topology that has `draft` also has `other`. */
export const isAlwaysPresentWith = (
  draft: string,
  other: string,
  derived: readonly Derived[],
): boolean => derived.every(({ removed }) => removed.has(draft) || !removed.has(other))

// ---

const pascal = (text: string) =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
