import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'
import { privateFolder } from '../lock.ts'
import type { Log } from '../log.ts'
import { runQuietly } from '../run.ts'
import { defaultEndpoint, type Endpoint } from './endpoint.ts'
import { answers } from './find.ts'

/** Starts the installed engine, which stays up for later commands. */
export const startEngine = async (log: Log): Promise<Endpoint> => {
  if (existsSync('/run/systemd/system')) {
    await runQuietly('systemctl', ['start', 'docker'])
    await untilUp(undefined)
    log('started by systemd; `systemctl stop docker` ends it')
    return defaultEndpoint
  }
  const logFile = join(privateFolder(), 'dockerd.log')
  const file = openSync(logFile, 'a')
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', file, file] })
  // A spawn error is also seen as an exit below; without a listener it would end this process.
  daemon.once('error', (error) => log(error.message))
  daemon.unref()
  await untilUp({ daemon, logFile })
  log(`dockerd ${daemon.pid} stays up for later commands; \`kill ${daemon.pid}\` ends it`)
  log(`its log: ${logFile}`)
  return defaultEndpoint
}

// ---

const untilUp = async (
  ours: { readonly daemon: ChildProcess; readonly logFile: string } | undefined,
): Promise<void> => {
  const deadline = Date.now() + 60_000
  while (!(await answers(defaultEndpoint))) {
    const ended =
      ours !== undefined && (ours.daemon.exitCode !== null || ours.daemon.pid === undefined)
    if (!ended && Date.now() < deadline) {
      await delay(50)
      continue
    }
    throw new MesocosmError({
      code: 'ENGINE_NOT_FOUND',
      message: ended
        ? `dockerd exited with code ${ours.daemon.exitCode}`
        : 'the engine did not answer within 60 s after its start',
      remedy:
        'start Docker by hand (dockerd needs root, cgroups and iptables), or set DOCKER_HOST to a running engine',
      lastLogs: ours === undefined ? [] : lastLines(ours.logFile),
    })
  }
}

const lastLines = (path: string): string[] =>
  readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20)
