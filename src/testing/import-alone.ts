import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What the import of a module caused. */
export interface ImportedAlone {
  /** Packages that it loaded, except `mesocosm`, its extensions and the module's own package. */
  readonly packages: readonly string[]
  /** Number of connections that it opened. */
  readonly sockets: number
}

/** Longer than an import takes on a slow machine. */
const endsWithinMs = 120_000

/** Imports a module in a new process, which must exit by itself. */
export const importAlone = async (module: URL): Promise<ImportedAlone> => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, module.href],
    { env, timeout: endsWithinMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
  )
  const { loaded, sockets } = JSON.parse(stdout.split('\n').at(-1) ?? '') as {
    readonly loaded: readonly string[]
    readonly sockets: number
  }
  const own = packageOf(fileURLToPath(module))
  const packages = new Set(
    loaded
      .filter((url) => url.startsWith('file:'))
      .flatMap((url) => packageOf(fileURLToPath(url)) ?? []),
  )
  return {
    packages: [...packages].filter((name) => name !== own && !isOurs(name)).sort(),
    sockets,
  }
}

// ---

const script = `
import { subscribe } from 'node:diagnostics_channel'
import { registerHooks } from 'node:module'
const loaded = []
const seen = { sockets: 0 }
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
subscribe('net.client.socket', () => seen.sockets++)
process.on('exit', () => process.stdout.write('\\n' + JSON.stringify({ loaded, ...seen })))
await import(process.argv[1])
`

const isOurs = (name: string): boolean => name === 'mesocosm' || name.startsWith('@mesocosm/')

/** Returns the package of a file; `undefined` outside of `node_modules`. */
const packageOf = (path: string): string | undefined =>
  /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1]?.replace('\\', '/')
