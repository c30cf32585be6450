import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { DebugKind } from '../model/service-spec.ts'

/** The error of a service whose image lacks the debugger of its language. */
export const debuggerMissing = (kind: DebugKind, service: string, cause?: unknown): MesocosmError =>
  new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: `${service} cannot be debugged: ${debuggers[kind].name} is not in its image`,
    remedy: debuggers[kind].remedy,
    facts: { service, kind },
    ...(cause === undefined ? {} : { cause }),
  })

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
