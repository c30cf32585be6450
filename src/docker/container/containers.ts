import type {
  ContainerSignal,
  ContainerSpec,
  ContainerState,
  OutputChunk,
  Runtime,
  StartedProgram,
} from '../../runtime/runtime.ts'
import type { ContainerJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { createBody } from './create-body.ts'
import { copyFiles } from './files.ts'
import { type Attachment, attachOutput } from './output.ts'
import { removeResource } from './remove.ts'
import { startError } from './start-error.ts'
import { containerState } from './state.ts'

/** The life of containers: create, start, inspect, signal. Knows whose output is being read. */
export const createContainers = (api: EngineApi, publishIp: () => Promise<string>) => {
  const attached = new Set<Attachment>()

  const create = async (spec: ContainerSpec): Promise<string> => {
    const body = createBody(spec, await publishIp())
    let id: string | undefined
    try {
      const created = api.json<{ Id: string }>('POST', '/containers/create', {
        query: { name: spec.name },
        body,
      })
      id = (await created).Id
      if (spec.files !== undefined) await copyFiles(api, id, spec.files)
      return id
    } catch (error) {
      if (id !== undefined) await removeResource(api, 'container', id)
      throw createError(error, spec)
    }
  }

  const attach = async (
    id: string,
    onOutput: (chunk: OutputChunk) => void,
  ): Promise<Attachment> => {
    const attachment = await attachOutput(api, id, onOutput)
    attached.add(attachment)
    void attachment.ended.then(() => attached.delete(attachment))
    return attachment
  }

  const tryStart = async (
    id: string,
    onOutput: ((chunk: OutputChunk) => void) | undefined,
  ): Promise<StartedProgram> => {
    const attachment = onOutput === undefined ? undefined : await attach(id, onOutput)
    try {
      await api.json('POST', `/containers/${segment(id)}/start`)
      return { outputEnded: attachment?.ended ?? Promise.resolve() }
    } catch (error) {
      attachment?.close()
      throw error
    }
  }

  const start: Runtime['start'] = async (id, onOutput) => {
    for (let tries = 1; ; tries++) {
      try {
        return await tryStart(id, onOutput)
      } catch (error) {
        const failure = startError(error, id)
        // Where the engine draws the ports it draws anew, so one that someone just took is no reason to give up.
        if (failure.code !== 'PORT_TAKEN' || tries === 3) throw failure
      }
    }
  }

  const inspect = async (id: string): Promise<ContainerState | undefined> => {
    try {
      return containerState(await api.json<ContainerJson>('GET', `/containers/${segment(id)}/json`))
    } catch (error) {
      if (hasStatus(error, 404)) return undefined
      throw engineError(error, `The container ${id} could not be inspected`)
    }
  }

  const signal = async (id: string, what: ContainerSignal): Promise<void> => {
    const path = `/containers/${segment(id)}`
    try {
      if (what === 'pause' || what === 'unpause') await api.json('POST', `${path}/${what}`)
      else await api.json('POST', `${path}/kill`, { query: { signal: what } })
    } catch (error) {
      if (hasStatus(error, 404) || alreadySo.test(detailOf(error))) return
      throw engineError(error, `The container ${id} could not be sent ${what}`)
    }
  }

  return {
    create,
    start,
    inspect,
    signal,
    close: () => {
      for (const attachment of attached) attachment.close()
    },
  }
}

const alreadySo = /is not running|is already paused|is not paused|no such process/i

const createError = (error: unknown, spec: ContainerSpec) =>
  engineError(
    error,
    `The container ${spec.name} could not be created`,
    { image: spec.image },
    /mount|bind|path/i.test(detailOf(error)) ? 'SERVICE_START_FAILED' : 'ENGINE_FAILED',
  )
