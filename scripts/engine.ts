import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import { canInstall, install, onPath } from './engine/apt.ts'
import type { Endpoint } from './engine/endpoint.ts'
import { findEngine } from './engine/find.ts'
import { startEngine } from './engine/start.ts'
import { withLock } from './lock.ts'
import { type Log, progressLog } from './log.ts'
import { exitWith } from './run.ts'

/**
 * Returns the running container engine of this machine: found, else started, else installed (Debian and Ubuntu, as
 * root). Processes that call it at the same time install and start one engine.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` with what to install on this machine.
 */
export const ensureEngine = async (
  options: { readonly log?: Log } = {},
): Promise<{ endpoint: Endpoint }> => {
  const log = options.log ?? progressLog('engine')
  const found = await findEngine()
  if (found !== undefined) {
    log(`${found.url}, found by ${found.foundBy}`)
    return { endpoint: found }
  }
  if (process.env.DOCKER_HOST || !canStart()) throw notFound()
  return withLock('engine', log, async () => {
    const meanwhile = await findEngine()
    if (meanwhile !== undefined) return { endpoint: meanwhile }
    if (!onPath('dockerd')) {
      await install(['docker.io', 'iptables', 'ca-certificates'], log)
      // With an init system, the package starts its service itself.
      const started = await findEngine()
      if (started !== undefined) return { endpoint: started }
    }
    return { endpoint: await startEngine(log) }
  })
}

const canStart = (): boolean =>
  process.platform === 'linux' && process.getuid?.() === 0 && (onPath('dockerd') || canInstall())

const notFound = (): MesocosmError => {
  const host = process.env.DOCKER_HOST
  return new MesocosmError({
    code: 'ENGINE_NOT_FOUND',
    message: host ? `no engine answers at DOCKER_HOST=${host}` : 'no container engine is running',
    remedy: host ? 'start it, or unset DOCKER_HOST to use the local engine' : remedy(),
  })
}

const remedy = (): string => {
  if (process.platform === 'darwin')
    return 'install and start Docker Desktop, OrbStack, Colima or Podman (`brew install colima docker && colima start`)'
  if (process.platform === 'win32')
    return 'install and start Docker Desktop or Podman Desktop (`winget install Docker.DockerDesktop`)'
  return onPath('dockerd')
    ? 'start it with `sudo systemctl start docker`, and join its group with `sudo usermod -aG docker $USER`'
    : 'install Docker or Podman with your package manager (Debian, Ubuntu: `sudo apt-get install docker.io`), or run this as root'
}

if (import.meta.main)
  await exitWith(async () => {
    await ensureEngine()
    return 0
  })
