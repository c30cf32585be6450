import { debugLaunch } from '../../debug/debug-launch.ts'
import { debugPortOf } from '../../debug/ports.ts'
import type { DebugSpec, ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import type { ImageInfo } from '../../runtime/image-request.ts'
import type { DebugRequests } from './debug-requests.ts'

/** A program that may be debugged. */
export interface DebuggedProgram {
  /** Its service. */
  readonly name: string
  readonly spec: ServiceSpec
  readonly requests: DebugRequests
}

/** Whether a program starts in another way because it is debugged. */
export const isLaunchedForDebugging = (
  { debug }: { readonly debug?: DebugSpec | undefined },
  { current }: Pick<DebugRequests, 'current'>,
  isLocal: boolean,
): boolean =>
  // A Node program in a container opens its inspector when a debugger comes. The port of a process is not free to choose then.
  current !== undefined &&
  debug?.kind !== undefined &&
  (debug.kind !== 'node' || current.break || isLocal)

/**
 * Returns the program with the debugger that is asked for.
 *
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE`
 */
export const launchForDebugging = (
  program: ProgramConfig,
  debugged: DebuggedProgram,
  image: ImageInfo,
): ProgramConfig => {
  const { local } = program
  if (local !== undefined) {
    const launch = launchProcess(debugged, local.command, program.env)
    if (launch === undefined) return program
    const files = launch.files.map((file) => ({ ...file, to: file.to.slice(ownFolder.length + 1) }))
    return {
      ...program,
      env: launch.env,
      local: {
        ...local,
        command: [...(launch.entrypoint ?? []), ...(launch.command ?? [])],
        ...(files.length === 0 ? {} : { files: [...(local.files ?? []), ...files] }),
      },
    }
  }
  const { name, spec, requests } = debugged
  const port = spec.debug === undefined ? undefined : debugPortOf(spec.debug)
  if (port === undefined || !isLaunchedForDebugging(spec, requests, false)) return program
  const { entrypoint, command, env, files } = debugLaunch(spec.debug?.kind, {
    service: name,
    program,
    image,
    port,
    break: requests.current?.break === true,
    debugpy: process.env.MESOCOSM_DEBUGPY,
  })
  return {
    ...program,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    env,
    files: [...program.files, ...files],
  }
}

/** Returns the environment of a process of this machine, with that of its debugger. */
export const debuggedEnv = (
  debugged: DebuggedProgram,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => launchProcess(debugged, command, env)?.env ?? env

// ---

/** Placeholder for the folder of a process. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the runtime fills it in.
const ownFolder = '${DIR}'

const launchProcess = (
  { name, spec, requests }: DebuggedProgram,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
) => {
  const { current, localPort } = requests
  if (localPort === undefined || !isLaunchedForDebugging(spec, requests, true)) return undefined
  return debugLaunch(spec.debug?.kind, {
    service: name,
    program: { env, command },
    port: localPort,
    break: current?.break === true,
    debugpy: process.env.MESOCOSM_DEBUGPY,
    folder: ownFolder,
  })
}
