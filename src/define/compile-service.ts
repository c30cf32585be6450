import { resolve } from 'node:path'
import { isCli, isSources } from '../model/cli.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { pluginOf } from './plugin-node.ts'
import { defaultScheme } from './scheme.ts'

/**
 * One definition as plain data: paths absolute, short forms written out, what lives in the test process left out.
 * Nothing is checked: what has not the expected shape is passed on as it is, for the schema to name.
 */
export const compileService = (definition: unknown, root: string): ServiceSpec => {
  if (!isRecord(definition)) return definition as ServiceSpec
  const { exec: _client, ...rest } = withoutClientKeys(definition)
  const kind = pluginOf(definition)?.name
  return present({
    ...(kind === undefined ? {} : { kind }),
    ...mapValues(rest, (value, key) => {
      const convert = Object.hasOwn(converters, key) ? converters[key] : undefined
      return convert === undefined ? value : convert(value, root)
    }),
  }) as ServiceSpec
}

/** What is right of them concerns the test process alone; what is wrong goes on, for the schema to name. */
const withoutClientKeys = (definition: Fields): Fields => {
  const { cli, sources, ...rest } = definition
  return {
    ...rest,
    ...(cli === undefined || isCli(cli) ? {} : { cli }),
    ...(sources === undefined || isSources(sources) ? {} : { sources }),
  }
}

type Converter = (value: unknown, root: string) => unknown

const converters: Readonly<Record<string, Converter>> = {
  build: (build, root) => {
    if (typeof build === 'string') return { context: resolve(root, build) }
    return isRecord(build) ? withPath(build, 'context', root) : build
  },
  env: (env) => (isRecord(env) ? present(env) : env),
  ports: (ports) => (isRecord(ports) ? mapValues(ports, compilePort) : ports),
  files: (files, root) => eachOf(files, (file) => withPath(file, 'from', root)),
  mounts: (mounts, root) => eachOf(mounts, (mount) => withPath(mount, 'from', root)),
  tmpfs: (tmpfs) =>
    Array.isArray(tmpfs) ? Object.fromEntries(tmpfs.map((path) => [String(path), ''])) : tmpfs,
  dependsOn: (names) =>
    Array.isArray(names)
      ? Object.fromEntries(names.map((name) => [String(name), 'healthy']))
      : isRecord(names)
        ? present(names)
        : names,
  debug: (debug) => (typeof debug === 'number' ? { port: debug } : debug),
  ready: (probe) => compileProbe(probe),
}

const compilePort = (port: unknown, name: string): unknown => {
  if (typeof port === 'number') return { port, scheme: defaultScheme(name) }
  return isRecord(port) ? { ...port, scheme: port.scheme ?? defaultScheme(name) } : port
}

/** Probes written by hand may hold a regular expression, which is no plain data. */
const compileProbe = (probe: unknown): unknown => {
  if (!isRecord(probe)) return probe
  if (Array.isArray(probe.probes)) return { ...probe, probes: probe.probes.map(compileProbe) }
  const { pattern } = probe
  return pattern instanceof RegExp
    ? { ...probe, pattern: pattern.source, flags: pattern.flags }
    : present(probe)
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mapValues = (fields: Fields, map: (value: unknown, key: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value, key)]))

/** Without the keys that are `undefined`: they mean the same as absent ones. */
const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const eachOf = (list: unknown, map: (item: Fields) => unknown): unknown =>
  Array.isArray(list) ? list.map((item) => (isRecord(item) ? map(item) : item)) : list

const withPath = (fields: Fields, key: string, root: string): Fields => {
  const path = fields[key]
  return typeof path === 'string' ? { ...fields, [key]: resolve(root, path) } : fields
}
