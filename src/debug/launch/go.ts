import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { argvOf, cannotDebug, type DebugLaunch, type LaunchFacts } from './program.ts'

/**
 * Runs the program in Delve, which must be in the image.
 *
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE` if neither service nor image have a command.
 */
export const launchGo = (facts: LaunchFacts): DebugLaunch => {
  const [program, ...args] = argvOf(facts)
  if (program === undefined) throw withoutCommand(facts.service)
  const { port, break: stop = false, program: own } = facts
  const delve = ['dlv', 'exec']
  const options = [
    '--headless',
    `--listen=127.0.0.1:${port}`,
    '--api-version=2',
    '--accept-multiclient',
    // The connection arrives from a container whose user is another one.
    '--only-same-user=false',
    ...(stop ? [] : ['--continue']),
    ...(args.length === 0 ? [] : ['--', ...args]),
  ]
  // Delve takes a path only; the shell finds other programs.
  const start = program.includes('/')
    ? [...delve, program, ...options]
    : ['/bin/sh', '-c', `${checked}; exec dlv exec "$(command -v "$0")" "$@"`, program, ...options]
  return { env: own.env, entrypoint: start.slice(0, 1), command: start.slice(1), files: [] }
}

// ---

const checked = `command -v dlv >/dev/null || { echo '${cannotDebug}: dlv is missing' >&2; exit 1; }`

const withoutCommand = (service: string): MesocosmError =>
  new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: `${service} cannot be debugged: neither the service nor its image has a command to run in Delve`,
    remedy: 'set command of the service to the path of its program',
    facts: { service, kind: 'go' },
  })
