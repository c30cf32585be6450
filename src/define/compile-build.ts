import { resolve } from 'node:path'
import { isRecord } from '../model/record.ts'

/**
 * Compiles the options of a build: absolute paths, and values of the environment of this process, which is the one that
 * the user sees. Malformed values pass through for the schema to report.
 */
export const compileBuild = (build: Fields, root: string): Fields => ({
  ...withPath(build, 'context', root),
  ...(isRecord(build.secrets)
    ? { secrets: eachOf(build.secrets, (one) => secret(one, root)) }
    : {}),
  ...(build.ssh === true
    ? { ssh: { default: process.env.SSH_AUTH_SOCK ?? '' } }
    : isRecord(build.ssh)
      ? { ssh: eachOf(build.ssh, (path) => absolute(path, root)) }
      : {}),
})

// ---

type Fields = Readonly<Record<string, unknown>>

const secret = (one: unknown, root: string): unknown => {
  if (!isRecord(one)) return one
  const { env } = one
  const value = typeof env === 'string' ? process.env[env] : undefined
  return {
    ...withPath(one, 'file', root),
    ...(value === undefined || one.secret !== undefined ? {} : { secret: value }),
  }
}

const eachOf = (fields: Fields, map: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value)]))

const withPath = (fields: Fields, key: string, root: string): Fields =>
  fields[key] === undefined ? fields : { ...fields, [key]: absolute(fields[key], root) }

/** A malformed root is reported as such. */
const absolute = (path: unknown, root: string): unknown =>
  typeof path === 'string' && typeof root === 'string' ? resolve(root, path) : path
