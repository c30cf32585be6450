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
import { detailOf, engineError, hasStatus, shortId } from '../api/errors.ts'
import type { TarEntry } from '../api/tar.ts'
import type { AboutEngine } from '../find/engine-info.ts'
import { createBody, idlePath } from './create-body.ts'
import { copyFiles } from './files.ts'
import { type Attachment, attachOutput } from './output.ts'
import { removeResource } from './remove.ts'
import { startError } from './start-error.ts'
import { containerState } from './state.ts'
import { waitProgram } from './wait-program.ts'

/** Creates the part of the runtime that creates, starts, inspects and signals containers. */
export const createContainers = (api: EngineApi, about: () => Promise<AboutEngine>) => {
  const attached = new Set<Attachment>()

  const create = async (spec: ContainerSpec): Promise<string> => {
    const { publishIp, info } = await about()
    const body = createBody(spec, publishIp)
    let id: string | undefined
    try {
      const created = api.json<{ Id: string }>('POST', '/containers/create', {
        query: { name: spec.name },
        body,
      })
      id = (await created).Id
      await copyFiles(api, id, spec.files ?? [], spec.idle ? [idleEntry(info.architecture)] : [])
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
        // The engine picks other ports at the next try, unless they were named.
        if (failure.code !== 'PORT_TAKEN' || tries === 3) throw failure
      }
    }
  }

  const inspect = async (id: string): Promise<ContainerState | undefined> => {
    try {
      return containerState(await api.json<ContainerJson>('GET', `/containers/${segment(id)}/json`))
    } catch (error) {
      if (hasStatus(error, 404)) return undefined
      throw engineError(error, `container ${shortId(id)} could not be inspected`)
    }
  }

  const signal = async (id: string, what: ContainerSignal): Promise<void> => {
    const path = `/containers/${segment(id)}`
    try {
      if (what === 'pause' || what === 'unpause') await api.json('POST', `${path}/${what}`)
      else await api.json('POST', `${path}/kill`, { query: { signal: what } })
    } catch (error) {
      if (hasStatus(error, 404) || alreadySo.test(detailOf(error))) return
      throw engineError(error, `container ${shortId(id)} could not be sent ${what}`)
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

// ---

const idleEntry = (architecture: string): TarEntry => ({
  name: idlePath.slice(1),
  mode: 0o755,
  content: { kind: 'bytes', bytes: waitProgram(architecture) },
})

const alreadySo = /is not running|is already paused|is not paused|no such process/i

const createError = (error: unknown, spec: ContainerSpec) =>
  engineError(
    error,
    `container ${spec.name} could not be created`,
    { image: spec.image },
    /mount|bind|path/i.test(detailOf(error)) ? 'SERVICE_START_FAILED' : 'ENGINE_FAILED',
  )
