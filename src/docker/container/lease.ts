import type { Duplex } from 'node:stream'
import { pause, settledWithinRealTime } from '../../call/pause.ts'
import type { LeaseSpec } from '../../runtime/container-spec.ts'
import type { ContainerJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError, hasStatus } from '../api/errors.ts'
import { leasePath } from '../image/sandbox-image.ts'
import { createBody } from './create-body.ts'
import type { Unanswered } from './unanswered.ts'

/** Words to the container within the silence after which it exits. */
const beats = 9

/**
 * Creates and starts a container that exits when this process has been silent for a while; see `Runtime.lease`. Its
 * stdin stays open without this process, unlike one that the engine closes with the connection: an engine that is
 * restarted, or a connection that breaks, does not end it.
 *
 * @param image that of sandbox containers.
 */
export const createLease = async (
  { api, unanswered }: { readonly api: EngineApi; readonly unanswered: Unanswered },
  image: string,
  { name, labels, silentMs }: LeaseSpec,
): Promise<AsyncDisposable> => {
  const seconds = String(Math.max(1, Math.round(silentMs / 1_000)))
  const spec = { name, labels, image, command: [leasePath, 'lease', seconds] } as const
  const body = createBody({ ...spec, network: { kind: 'none' }, capDrop: ['ALL'] }, '127.0.0.1')
  let id: string | undefined
  try {
    const created = api.json<{ Id: string }>('POST', '/containers/create', {
      query: { name },
      body: { ...body, OpenStdin: true },
    })
    id = (await created).Id
    return await hold(api, id, silentMs)
  } catch (error) {
    await unanswered.undo({ name, id }, error)
    throw engineError(error, `container ${name} could not be started`)
  }
}

// ---

const hold = async (api: EngineApi, id: string, silentMs: number): Promise<AsyncDisposable> => {
  const stop = new AbortController()
  const stdin: { now: Duplex } = { now: await startAndAttach(api, id) }
  const everyMs = silentMs / beats
  const beating = (async () => {
    while (!stop.signal.aborted) {
      if (stdin.now.writable) stdin.now.write('.')
      // The connection broke, or this process was stopped for too long. A failure is tried again at the next beat.
      else stdin.now = (await attachWithin(api, id, everyMs, stop.signal)) ?? stdin.now
      await pause(everyMs, stop.signal)
    }
    stdin.now.destroy()
  })()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await beating
    },
  }
}

/** A call that the engine does not answer must not cost more than a beat. */
const attachWithin = async (
  api: EngineApi,
  id: string,
  ms: number,
  signal: AbortSignal,
): Promise<Duplex | undefined> => {
  const opening = startAndAttach(api, id).catch(() => undefined)
  if (await settledWithinRealTime(opening, ms, signal)) return opening
  void opening.then((stream) => stream?.destroy())
  return undefined
}

const startAndAttach = async (api: EngineApi, id: string): Promise<Duplex> => {
  const path = `/containers/${segment(id)}`
  const { State: state } = await api.json<ContainerJson>('GET', `${path}/json`)
  if (state.Status !== 'running') await start(api, path)
  const stream = await api.hijack(`${path}/attach`, { query: { stream: 1, stdin: 1, stdout: 1 } })
  stream.on('error', () => undefined)
  stream.resume()
  return stream
}

const start = async (api: EngineApi, path: string): Promise<void> => {
  try {
    await api.json('POST', `${path}/start`)
  } catch (error) {
    // It runs.
    if (!hasStatus(error, 304)) throw error
  }
}
