import { settledWithinRealTime } from '../../call/pause.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import type { ContainerSignal, ContainerState } from '../../runtime/container-state.ts'
import type { StartedProgram } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ContainerJson, CreatedJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { detailOf, engineError, hasStatus, shortId } from '../api/errors.ts'
import type { TarEntry } from '../api/tar.ts'
import { whileRefused } from '../api/while-refused.ts'
import type { Limit } from '../diagnose/limits.ts'
import type { AboutEngine } from '../find/engine-info.ts'
import { createBody, idlePath } from './create-body.ts'
import { copyFiles } from './files.ts'
import { createHealthChecks } from './health-checks.ts'
import { checkMountSources } from './mount-sources.ts'
import { type Attachment, attachOutput, type OutputReader } from './output.ts'
import { createOutputPosition, type OutputPosition } from './output-position.ts'
import { containerProxies } from './proxies.ts'
import { refusedSetting } from './refused-setting.ts'
import { startError } from './start-error.ts'
import { containerState } from './state.ts'
import type { Unanswered } from './unanswered.ts'
import { waitProgram } from './wait-program.ts'

/** Creates the part of the runtime that creates, starts, inspects and signals containers. */
export const createContainers = (
  api: EngineApi,
  about: () => Promise<AboutEngine>,
  unanswered: Unanswered,
) => {
  /** The latest reader of each container, until its output has ended. */
  const attached = new Map<string, Attachment>()
  /** How much of each container's output was read, over all its starts. */
  const positions = new Map<string, OutputPosition>()
  const positionOf = (id: string): OutputPosition => {
    const position = positions.get(id) ?? createOutputPosition()
    positions.set(id, position)
    return position
  }

  const healthChecks = createHealthChecks(api, about)

  const create: Runtime['create'] = async (spec, { onWarning } = {}) => {
    const { publishIp, info, ignoredLimits } = await about()
    await checkMountSources(api, about, spec)
    await unanswered.gone('container', spec.name)
    const ignored = ignoredLimits.filter((limit) => spec[limit] !== undefined)
    const proxies = await containerProxies(api, spec).catch((error: unknown) => {
      if (isMesocosmError(error)) throw error
      onWarning?.(`proxies could not be read, going on without: ${detailOf(error)}`)
      return {}
    })
    const asked = { ...without(spec, ignored), env: { ...proxies, ...spec.env } }
    const body = createBody(asked, publishIp)
    let id: string | undefined
    try {
      const created = await api.json<CreatedJson>('POST', '/containers/create', {
        query: { name: spec.name, platform: spec.platform },
        body,
      })
      id = created.Id
      for (const text of [...ignored.map(noEffect), ...(created.Warnings ?? [])]) onWarning?.(text)
      await copyFiles(api, id, spec.files ?? [], spec.idle ? [idleEntry(info.architecture)] : [])
      return id
    } catch (error) {
      await unanswered.undo({ name: spec.name, id }, error)
      throw createError(error, spec)
    }
  }

  const attach = async (id: string, reader: OutputReader): Promise<Attachment> => {
    const former = attached.get(id)
    // Two readers would count the same output.
    if (former !== undefined) {
      if (!(await settledWithinRealTime(former.ended, api.patience.awayMs))) former.close()
      await former.ended
    }
    const attachment = await attachOutput(api, id, positionOf(id), reader)
    attached.set(id, attachment)
    void attachment.ended.then(() => {
      if (attached.get(id) === attachment) attached.delete(id)
    })
    return attachment
  }

  const tryStart = async (
    id: string,
    reader: OutputReader | undefined,
  ): Promise<StartedProgram> => {
    const attachment = reader === undefined ? undefined : await attach(id, reader)
    if (reader === undefined) positionOf(id).known = false
    try {
      await api.json('POST', `/containers/${segment(id)}/start`)
      healthChecks.begin(id)
      return { outputEnded: attachment?.ended ?? Promise.resolve() }
    } catch (error) {
      attachment?.close()
      throw error
    }
  }

  const start: Runtime['start'] = async (id, onOutput, onGap = () => undefined) => {
    const reader = onOutput === undefined ? undefined : { onOutput, onGap }
    for (let tries = 1; ; tries++) {
      try {
        return await tryStart(id, reader)
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
      if (what === 'pause' || what === 'unpause')
        await whileRefused('not frozen', () => api.json('POST', `${path}/${what}`))
      else await api.json('POST', `${path}/kill`, { query: { signal: what } })
    } catch (error) {
      if (hasStatus(error, 404) || says('already so', error)) return
      throw engineError(error, `container ${shortId(id)} could not be sent ${what}`)
    }
  }

  return {
    create,
    start,
    inspect,
    signal,
    /** Forgets a removed container. */
    forget: (id: string): void => void positions.delete(id),
    close: async (): Promise<void> => {
      for (const attachment of attached.values()) attachment.close()
      await healthChecks.close()
    },
  }
}

// ---

/** Docker would ignore these limits; Podman does so without a word, or does not start the container. */
const without = (spec: ContainerSpec, ignored: readonly Limit[]): ContainerSpec =>
  Object.fromEntries(
    Object.entries(spec).filter(([key]) => !ignored.some((limit) => limit === key)),
  ) as unknown as ContainerSpec

const noEffect = (limit: Limit): string =>
  `${limit} has no effect: the engine cannot limit it (\`mesocosm doctor\` prints why)`

const idleEntry = (architecture: string): TarEntry => ({
  name: idlePath.slice(1),
  mode: 0o755,
  content: { kind: 'bytes', bytes: waitProgram(architecture) },
})

const createError = (error: unknown, spec: ContainerSpec) => {
  const detail = detailOf(error)
  const doing = `container ${spec.name} could not be created`
  const facts = { image: spec.image }
  if (spec.platform !== undefined && /specified platform/i.test(detail))
    return new MesocosmError({
      code: 'IMAGE_NOT_FOUND',
      message: `${doing}: ${detail}`,
      remedy: `set \`platform\` to one that ${spec.image} has, or choose an image that has ${spec.platform}`,
      facts: { ...facts, platform: spec.platform },
      cause: error,
    })
  const remedy = /kernel does not support/i.test(detail)
    ? // Docker refuses limits of CPUs without their controller; it ignores those of memory and processes.
      'let the engine use that controller of cgroups (`mesocosm doctor`), or leave the limit out of the service'
    : refusedSetting(detail)
  if (remedy !== undefined)
    return new MesocosmError({
      code: 'SERVICE_START_FAILED',
      message: `${doing}: ${detail}`,
      remedy,
      facts,
      cause: error,
    })
  const isSetting = /(?<!cgroup is not )mount|bind|path/i.test(detail)
  return engineError(error, doing, facts, isSetting ? 'SERVICE_START_FAILED' : 'ENGINE_FAILED')
}
