import { debugLaunch } from '../../debug/debug-launch.ts'
import { debugPortOf } from '../../debug/ports.ts'
import type { DebugSpec, ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import type { ImageInfo } from '../../runtime/image-request.ts'
import type { DebugRequest } from './debug-requests.ts'

/** Whether a program starts in another way because it is debugged. */
export const isLaunchedForDebugging = (
  { debug }: { readonly debug?: DebugSpec | undefined },
  request: DebugRequest | undefined,
): boolean =>
  // A Node program that runs opens its inspector when a debugger comes.
  request !== undefined && debug?.kind !== undefined && (debug.kind !== 'node' || request.break)

/**
 * Returns the program with the debugger that is asked for.
 *
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE`
 */
export const launchForDebugging = (
  program: ProgramConfig,
  request: DebugRequest | undefined,
  {
    name,
    spec: { debug },
    image,
  }: { readonly name: string; readonly spec: ServiceSpec; readonly image: ImageInfo },
): ProgramConfig => {
  const port = debug === undefined ? undefined : debugPortOf(debug)
  if (request === undefined || port === undefined || !isLaunchedForDebugging({ debug }, request))
    return program
  const { entrypoint, command, env, files } = debugLaunch(debug?.kind, {
    service: name,
    program,
    image,
    port,
    break: request.break,
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
