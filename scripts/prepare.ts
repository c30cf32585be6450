import { installServices } from '../examples/shop/install-services.ts'
import { build } from './build.ts'
import { endpointEnv } from './engine/endpoint.ts'
import { ensureEngine } from './engine.ts'
import { ensureImages } from './images.ts'

export interface Prepared {
  /** Of the build. */
  readonly exitCode: number
  /** Leads the programs that follow to the same engine. */
  readonly env: NodeJS.ProcessEnv
}

/** Provides an engine, the images, the example's packages and the build. */
export const prepare = async (): Promise<Prepared> => {
  const { endpoint } = await ensureEngine()
  const [exitCode] = await Promise.all([
    build(),
    ensureImages(undefined, { endpoint }),
    installServices(),
  ])
  return { exitCode, env: { ...process.env, ...endpointEnv(endpoint) } }
}

/** Provides the example's packages and the build, for services that run as processes of this machine. */
export const prepareLocal = async (): Promise<Prepared> => {
  const [exitCode] = await Promise.all([build(), installServices()])
  return { exitCode, env: process.env }
}
