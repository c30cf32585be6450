import type { Draft } from '../service/draft.ts'
import { imageName } from '../service/known-ports.ts'
import { defaultOf } from '../text/interpolation.ts'

export interface Image {
  readonly name: string
  /** What stands before the name, without the public registry's: `acme`, `ghcr.io/acme`. */
  readonly owner: string
  readonly tag: string
  /** Number that the tag begins with. */
  readonly major: number | undefined
}

/** The image that is run; `undefined` for builds and names without default. */
export const imageOf = ({ source }: Draft): Image | undefined => {
  const known = source.image === undefined ? undefined : defaultOf(source.image)
  if (known === undefined) return undefined
  const name = imageName(known)
  const path = (known.split('@')[0] ?? '').split('/').slice(0, -1).join('/')
  const tag = /:([^/@]+)(@.*)?$/.exec(known)?.[1] ?? ''
  const major = /^v?(\d+)/.exec(tag)?.[1]
  return {
    name,
    owner: path
      .replace(/^(docker\.io|index\.docker\.io|registry\.hub\.docker\.com)\/?/, '')
      .replace(/^library$/, ''),
    tag,
    major: major === undefined ? undefined : Number(major),
  }
}

/** Whether a tag says nothing but the newest. */
export const isNewest = ({ tag }: Image): boolean => tag === '' || tag === 'latest'

/** The first key that a plugin of its own has no place for. */
export const foreignKey = (draft: Draft, ...allowed: readonly string[]): string | undefined =>
  [
    'build',
    'entrypoint',
    'user',
    'working_dir',
    'env_file',
    'secrets',
    'configs',
    'depends_on',
    'tmpfs',
    'command',
  ]
    .filter((key) => !allowed.includes(key))
    .find((key) => draft.keys.has(key))
