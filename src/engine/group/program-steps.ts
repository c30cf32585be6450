import { isImageMissing } from '../image/image-missing.ts'
import { looksAtLog } from '../probe/probe.ts'
import { awaitServiceReady } from './await-service.ts'
import type { Member } from './group-members.ts'
import { Program } from './program.ts'
import { programOf, type StepWork, sandboxOf, serviceLabels, wanted } from './step-work.ts'

/** Creates a program from its prebuilt image if there is one, else from its own. */
export const createProgram = async (work: StepWork, member: Member, hash: string) => {
  const { prebuilt } = wanted(work)
  if (prebuilt === undefined) return createFrom(work, member, hash, undefined)
  try {
    await createFrom(work, member, hash, prebuilt)
  } catch (error) {
    await createFrom(work, member, hash, undefined)
    if (!isImageMissing(error)) noteWithout(work, member, error)
  }
}

/** Starts a program; one that cannot be started from its prebuilt image is created again from its own. */
export const startProgram = (work: StepWork, member: Member): Promise<void> =>
  start(work, member).catch((error: unknown) => againFromOwnImage(work, member, error))

/** Waits until a program is ready, and prepares it; one that exits on prebuilt data is created again without. */
export const makeReady = (work: StepWork, member: Member): Promise<void> =>
  awaitAndPrepare(work, member).catch(async (error: unknown) => {
    if (programOf(member).exit === undefined) throw error
    await againFromOwnImage(work, member, error)
    await awaitAndPrepare(work, member)
  })

// ---

/** Creates the program's container from its image, or from a prebuilt one that contains the files. */
const createFrom = async (
  work: StepWork,
  member: Member,
  hash: string,
  prebuilt: string | undefined,
) => {
  const { context, members } = work
  const { program: config, prebuilt: keep } = wanted(work)
  const { image, imageId, labels, env, files, ...rest } = config
  const sandbox = sandboxOf(member)
  const own = config.local === undefined ? env : ((await work.hooks.localEnv?.(member.name)) ?? env)
  const where = { service: member.name, lane: members.group }
  const create = (from: string) =>
    context.limit(
      () =>
        context.runtime.create(
          {
            ...rest,
            ...(prebuilt === undefined ? { files } : {}),
            name: members.containerName(member.name, 'program'),
            image: from,
            env: own,
            labels: { ...labels, ...serviceLabels(work, member.name, 'program', hash) },
            network: { kind: 'joined', container: sandbox.id },
          },
          { onWarning: (text) => context.warnings.report(text, where) },
        ),
      work.rank,
    )
  const id = await create(prebuilt ?? image).catch((error: unknown) => {
    // Its name was taken away, but its other containers keep the image.
    if (prebuilt !== undefined || !isImageMissing(error)) throw error
    return create(imageId)
  })
  if (member.program !== undefined) member.outgoing.set(member.program.id, member.program)
  const keepAs = prebuilt === undefined ? keep : undefined
  member.program = new Program(
    context,
    { lane: members.group, service: member.name },
    { id, hash, config, prebuilt: prebuilt !== undefined, keepAs },
  )
}

const start = async (work: StepWork, member: Member) => {
  const program = programOf(member)
  // The former program has the same ports. It may still exist, but must have been signalled.
  await Promise.all([...member.outgoing.values()].map(({ killed }) => killed))
  await program.start({ keepLines: looksAtLog(wanted(work).ready), rank: work.rank })
  work.members.onStarted(member)
}

/** Starts a program from its own image after it could not run from the prebuilt one. */
const againFromOwnImage = async (work: StepWork, member: Member, error: unknown) => {
  const { prebuilt, hash } = programOf(member)
  if (!prebuilt || work.call.signal.aborted) throw error
  await createFrom(work, member, hash, undefined)
  await start(work, member)
  noteWithout(work, member, error)
}

const noteWithout = ({ context, members }: StepWork, member: Member, error: unknown) =>
  context.shortcuts.failed('prebuilt image', error, { service: member.name, lane: members.group })

const awaitAndPrepare = async (work: StepWork, member: Member) => {
  const { context, members, hooks, call } = work
  const program = programOf(member)
  using _starting = hooks.starting?.(member.name)
  await awaitServiceReady({ context, members, member, program, desired: wanted(work), call })
  try {
    if (!program.prepared) await hooks.prepare?.(member.name, program, call)
  } catch (error) {
    program.spoiled = true
    throw error
  }
  program.prepared = true
  // Probes may read its lines until it is ready.
  program.log.settled()
  program.ready = program.status === 'running'
}
