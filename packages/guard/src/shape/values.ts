import { isIP } from 'node:net'
import type { Json } from '../json/json.ts'
import { fault, like, list, map, type Shape, text } from './shape.ts'

/** A name of a container, network or volume. */
export const namePattern = /^[A-Za-z0-9][\w.-]{0,127}$/

/** A name that looks like the start of an id: the engine would find it in place of another's container. */
export const idLike = /^[0-9a-f]{6,}$/i

/** A name that the engine cannot take for the start of an id. */
export const isName = (name: string): boolean => namePattern.test(name) && !idLike.test(name)

/** What {@link isName} accepts, for messages. */
export const nameRule =
  'must be 1 to 128 characters of A-Z a-z 0-9 _ . -, begin with a letter or digit, and not look like an id'

/** A host name or domain; may be empty. */
export const hostName = text(/^[\w.-]{0,253}$/, 'must be a host name')

/** An IPv4 or IPv6 address; left out if it is empty. */
export const address: Shape = (value, at, faults) => {
  if (value === '') return undefined
  return typeof value === 'string' && isIP(value) !== 0
    ? value
    : fault(faults, at, 'must be an IP address')
}

/** Strings, or one string, which the engine takes for a list of one. */
export const words: Shape = (value, at, faults) =>
  list(text())(typeof value === 'string' ? [value] : value, at, faults)

/** Labels as the client gave them. */
export const labels = map(like(/^.{1,512}$/s), text(), 'keys must have 1 to 512 characters')

/** Whether a path in a container is absolute, in its shortest form, and outside of the kernel's file systems. */
export const isTarget = (path: string): boolean =>
  /^(?:\/[^/:\\,]+)+$/.test(path) &&
  !path.split('/').some((segment) => segment === '.' || segment === '..') &&
  !/^\/(?:proc|sys|dev)(?:\/|$)/.test(path.replace(/^\/dev\/shm$/, '/shm'))

/** What {@link isTarget} accepts, for messages. */
export const targetRule =
  'must be an absolute path without . .. : , or repeated slashes, not in /proc, /sys or /dev'

/** A path in a container to mount at. */
export const target: Shape = (value, at, faults) =>
  typeof value === 'string' && isTarget(value) ? value : fault(faults, at, targetRule)

/** Builds an object. */
export const build = (entries: Readonly<Record<string, Json | undefined>>): Json =>
  new Map(
    Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
