import { MesocosmError } from '../../errors/mesocosm-error.ts'

/**
 * Returns what a program of ours has for the architecture of an engine.
 *
 * @param architecture as in image names: `amd64`, `arm64`.
 * @throws {MesocosmError} `ENGINE_FAILED` for an architecture without an entry.
 */
export const forArchitecture = <T>(
  entries: Readonly<Record<string, T>>,
  architecture: string,
): T => {
  const entry = entries[architecture]
  if (entry !== undefined) return entry
  throw new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `the architecture ${architecture} is not supported`,
    remedy: `use an engine that runs on ${Object.keys(entries).join(' or ')}`,
    facts: { architecture },
  })
}
