import { glob } from 'node:fs/promises'
import { installServices } from '../examples/shop/install-services.ts'
import { endpointEnv } from './engine/endpoint.ts'
import { ensureEngine } from './engine.ts'
import { ensureImages } from './images.ts'
import { progressLog } from './log.ts'
import { bin, root, run } from './run.ts'

/** An engine, the images, the example's packages and the build: what every command needs before it runs. */
export const prepare = async (): Promise<Prepared> => {
  const { endpoint } = await ensureEngine()
  const [exitCode] = await Promise.all([
    build(),
    ensureImages(undefined, { endpoint }),
    installServices(),
  ])
  return { exitCode, env: { ...process.env, ...endpointEnv(endpoint) } }
}

/** The compiler over all packages, and the servers that packages carry; exit code 0 when there is nothing to complain about. */
export const build = async (): Promise<number> => {
  const log = progressLog('build')
  const bundles = await Array.fromAsync(glob('packages/*/scripts/bundle.ts', { cwd: root }))
  const exitCodes = await Promise.all([
    run(bin('tsc'), ['-b']),
    // Each does nothing while its server is up to date.
    ...bundles.map((script) => run('node', [script])),
  ])
  const exitCode = exitCodes.find((code) => code !== 0) ?? 0
  log(exitCode === 0 ? 'done' : `ended with exit code ${exitCode}`)
  return exitCode
}

export interface Prepared {
  /** Of the build. */
  readonly exitCode: number
  /** For the programs that follow: leads them to the same engine. */
  readonly env: NodeJS.ProcessEnv
}
