import { createHash } from 'node:crypto'
import type { ProgressJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { waitProgram } from '../container/wait-program.ts'
import { execProgram } from '../exec/exec-program.ts'
import { relayProgram } from '../relay/relay-program.ts'
import type { Images } from './images.ts'

/** Path in the image of the program of leases. */
export const leasePath = '/lease'

/** Path in the image of the relay. */
export const relayPath = '/relay'

/** Returns the image of sandbox containers, leases and relays: static programs, so nothing is pulled. */
export const sandboxImage = (architecture: string) => {
  const programs = [
    { path: '/hold', program: waitProgram(architecture) },
    { path: leasePath, program: execProgram(architecture) },
    { path: relayPath, program: relayProgram(architecture) },
  ]
  const content = createHash('sha256')
  for (const { program } of programs) content.update(program)
  const hash = content.digest('hex').slice(0, 12)
  return {
    reference: `mesocosm/sandbox:${hash}`,
    repository: 'mesocosm/sandbox',
    tag: hash,
    programs,
  }
}

/** Imports the sandbox image unless the engine has it; returns its name. */
export const ensureSandboxImage = async (
  api: EngineApi,
  { ensure }: Images,
  architecture: string,
): Promise<string> => {
  const image = sandboxImage(architecture)
  return (await ensure(image.reference, {}, () => importSandbox(api, image))).reference
}

/** Imports the sandbox image into the engine. */
export const importSandbox = async (
  api: EngineApi,
  { reference, repository, tag, programs }: ReturnType<typeof sandboxImage>,
): Promise<void> => {
  const tar = tarOf(
    programs.map(({ path, program }) => ({
      name: path.slice(1),
      mode: 0o755,
      content: { kind: 'bytes', bytes: program },
    })),
  )
  try {
    const stream = await api.stream('POST', '/images/create', {
      query: { fromSrc: '-', repo: repository, tag, changes: ['CMD ["/hold"]'] },
      file: tar,
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.error)
    }
  } catch (error) {
    throw engineError(error, 'the sandbox image could not be imported', { image: reference })
  }
}
