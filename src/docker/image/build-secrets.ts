import { readFile, stat } from 'node:fs/promises'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { Agents } from './session/forward-agent.ts'

/** What a build may mount besides its files. */
export interface BuildSecrets {
  readonly secrets: ReadonlyMap<string, Buffer>
  readonly agents: Agents
  /** Returns text without values of the secrets, which programs of a build may print. */
  readonly hide: (text: string) => string
}

/**
 * Reads the secrets of a build and looks at its SSH agents.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with everything that is missing, one line of `details` each.
 */
export const readBuildSecrets = async (build: BuildSpec): Promise<BuildSecrets> => {
  const faults: string[] = []
  const secrets = new Map<string, Buffer>()
  for (const [id, { file, env, secret }] of Object.entries(build.secrets ?? {})) {
    if (secret !== undefined) secrets.set(id, Buffer.from(secret))
    else if (file === undefined)
      faults.push(`secrets.${id}: the environment variable ${env} is not set`)
    else {
      const content = await regularFile(file).catch(messageOf)
      if (typeof content === 'string') faults.push(`secrets.${id}: ${content}`)
      else secrets.set(id, content)
    }
  }
  for (const [id, path] of Object.entries(build.ssh ?? {})) {
    const fault = await agentFault(path)
    if (fault !== undefined) faults.push(`ssh.${id}: ${fault}`)
  }
  if (faults.length > 0) throw missing(build, faults)
  const values = [...secrets.values()].flatMap((value) => hidden(value.toString()))
  values.sort((a, b) => b.length - a.length)
  return {
    secrets,
    agents: build.ssh ?? {},
    hide: (text) => values.reduce((all, value) => all.replaceAll(value, '•••'), text),
  }
}

// ---

const regularFile = async (path: string): Promise<Buffer> => {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file`)
  return readFile(path)
}

const agentFault = async (path: string): Promise<string | undefined> => {
  if (path === '') return 'SSH_AUTH_SOCK is not set; start an SSH agent'
  // Pipes of Windows have no entry in a folder.
  if (path.startsWith('\\\\.\\pipe\\')) return undefined
  try {
    return (await stat(path)).isSocket()
      ? undefined
      : `${path} is not the socket of an agent; a key must be added to one (\`ssh-add\`)`
  } catch (error) {
    return messageOf(error)
  }
}

/** A value and each of its lines, because output is shown by lines; what is shorter would hide half of every line. */
const hidden = (value: string): readonly string[] =>
  [value.trim(), ...value.split(/\r?\n/)].filter((text) => text.trim().length >= shortest)

const shortest = 3

const missing = (build: BuildSpec, faults: readonly string[]): MesocosmError =>
  new MesocosmError({
    code: 'BUILD_FAILED',
    message: `${build.context} could not be built: ${faults.join('; ')}`,
    remedy:
      'set what is missing, or take it out of `build`; a secret that is not declared is not mounted',
    facts: { context: build.context },
    details: faults,
  })
