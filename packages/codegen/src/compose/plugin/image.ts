import type { Draft } from '../service/draft.ts'
import { imageName } from '../service/known-ports.ts'
import { defaultOf } from '../text/interpolation.ts'

/** The parts of an image's name. */
export interface Image {
  readonly name: string
  /** The part before the name, without Docker Hub: `acme`, `ghcr.io/acme`. */
  readonly owner: string
  readonly tag: string
  /** Number at the start of the tag. */
  readonly major: number | undefined
}

/** Returns the image of a service; `undefined` for builds, and for variables without a default. */
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

/** Returns whether the tag is missing or `latest`. */
export const isNewest = ({ tag }: Image): boolean => tag === '' || tag === 'latest'

/** Returns the first key that plugins do not support, except the allowed ones. */
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
