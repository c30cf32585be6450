import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import type { DebugKind } from '../model/service-spec.ts'
import { cannotDebug } from './launch/program.ts'

/**
 * Returns `DEBUGGER_UNAVAILABLE` for the failed start of a program whose image lacks the debugger of its language; any
 * other error as it is.
 */
export const asDebuggerMissing = (
  error: unknown,
  service: string,
  kind: DebugKind | undefined,
): unknown => {
  if (kind === undefined || !isMesocosmError(error)) return error
  const isSaid = error.lastLogs.some((line) => line.includes(cannotDebug))
  // Engines name the program that they do not find.
  const isDelve =
    kind === 'go' && error.code === 'SERVICE_START_FAILED' && /\bdlv\b/.test(error.message)
  if (!isSaid && !isDelve) return error
  return new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: `${service} cannot be debugged: ${debuggers[kind].name} is not in its image`,
    remedy: debuggers[kind].remedy,
    facts: { service, kind },
    cause: error,
  })
}

// ---

const debuggers: Readonly<Record<DebugKind, { readonly name: string; readonly remedy: string }>> = {
  node: { name: 'Node', remedy: 'remove debug.kind, or use an image with Node' },
  python: {
    name: 'debugpy',
    remedy:
      'run pip install debugpy in the Dockerfile, or set MESOCOSM_DEBUGPY to the folder of the package on this machine',
  },
  php: {
    name: 'Xdebug',
    remedy: 'run pecl install xdebug and docker-php-ext-enable xdebug in the Dockerfile',
  },
  java: {
    name: 'the JDWP agent',
    remedy: 'use a Java runtime that has the module jdk.jdwp.agent',
  },
  go: {
    name: 'dlv',
    remedy:
      'run go install github.com/go-delve/delve/cmd/dlv@latest in the Dockerfile, and build with -gcflags=all="-N -l"',
  },
}
