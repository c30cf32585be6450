import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { chown, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'
import type { Endpoint } from '../engine/endpoint.ts'
import { answers } from '../engine/find.ts'
import type { Log } from '../log.ts'
import { root } from '../run.ts'
import { makeCertificates, writeContext } from './certificates.ts'
import { type EngineFolders, engineFolders } from './folders.ts'
import { type EngineKind, needsCgroup2, rootlessUser, tlsPort } from './kinds.ts'
import { makeRoot } from './make-root.ts'

/** Starts an engine next to the machine's own, in a network of its own; a no-op if it runs. Needs root on Debian. */
export const startOther = async (kind: EngineKind, log: Log): Promise<void> => {
  if (runningPid(kind) !== undefined) return log(`${kind.name} is running`)
  const rootFolder = await makeRoot(log)
  const folders = engineFolders(kind)
  await rm(socketOf(folders), { force: true })
  if (kind.rootless)
    for (const folder of [folders.data, folders.run]) await chown(folder, userId, userId)
  if (kind.remote) {
    const { client } = await makeCertificates(join(folders.run, 'tls'), address)
    const context = { name: kind.name, host: remoteHost, certificates: client }
    await writeContext(join(folders.run, 'config'), context)
  }
  const logFile = join(folders.run, 'engine.log')
  const file = openSync(logFile, 'w')
  const shared = [...new Set([tmpdir(), root, folders.data, folders.run])]
  const program = spawn(
    'unshare',
    [
      ...['--mount', '--propagation', 'private', '--uts', '--pid', '--fork', '--kill-child'],
      ...['bash', join(import.meta.dirname, 'enter-root.sh'), rootFolder],
      ...[kind.rootless ? rootlessUser : 'root', needsCgroup2(kind) ? cgroupOf(kind) : ''],
      ...[kind.remote ? remoteName : '', ...shared, '--', ...programOf(kind, folders)],
    ],
    { detached: true, stdio: ['ignore', file, file] },
  )
  // A spawn error is also seen as an exit below; without a listener it would end this process.
  program.once('error', (error) => log(error.message))
  program.unref()
  await writeFile(pidFile(folders), String(program.pid))
  await untilUp(kind, program, logFile)
  log(`${kind.name} is up; its log: ${logFile}`)
}

/** Stops an engine and everything that it runs; its images stay. A no-op if it does not run. */
export const stopOther = async (kind: EngineKind): Promise<void> => {
  const pid = runningPid(kind)
  if (pid === undefined) return
  const [first] = childrenOf(pid)
  // The first process inside passes it on to the engine, which stops its containers.
  if (first !== undefined) process.kill(first, 'SIGTERM')
  if (!(await ends(pid, 30_000))) process.kill(pid, 'SIGKILL')
  if (!(await ends(pid, 30_000)))
    throw new MesocosmError({ code: 'ENGINE_FAILED', message: `process ${pid} does not end` })
  for (const mounted of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'])
    removeCgroup(join(mounted, cgroupOf(kind)))
}

/** Returns how the machine itself reaches the engine, though not the ports that it publishes. */
export const localEndpoint = (kind: EngineKind): Endpoint => ({
  url: `unix://${socketOf(engineFolders(kind))}`,
})

/**
 * Returns the start of an argv that runs the rest where the engine's published ports answer.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` if the engine does not run.
 */
export const within = (kind: EngineKind): readonly string[] => {
  const pid = runningPid(kind)
  const inside = pid === undefined ? undefined : inNetwork(pid)
  if (inside !== undefined) return ['nsenter', `--net=/proc/${inside}/ns/net`]
  throw new MesocosmError({
    code: 'ENGINE_NOT_FOUND',
    message: `${kind.name} does not run`,
    remedy: `start it: \`npm run engines -- start ${kind.name}\``,
  })
}

/** Returns the variables by which clients find the engine. */
export const clientEnv = (kind: EngineKind): Readonly<Record<string, string>> => {
  const { run } = engineFolders(kind)
  if (kind.foundBy === 'context') return { DOCKER_CONFIG: join(run, 'config') }
  if (!kind.remote) return { DOCKER_HOST: localEndpoint(kind).url }
  const certificates = join(run, 'tls/client')
  return { DOCKER_HOST: remoteHost, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates }
}

// ---

/** Of the engine in its own network; the way out has given it. */
const address = '10.0.2.100'
const remoteHost = `tcp://${address}:${tlsPort}`
const remoteName = `other-than-${hostname()}`.slice(0, 63)

/** As in the root folder. */
const userId = 1000

const programOf = (kind: EngineKind, folders: EngineFolders): readonly string[] => {
  const socket = `unix://${socketOf(folders)}`
  const args = kind.args ?? []
  if (kind.program === 'podman')
    return [
      // Its warning of cgroup v1 would be in the output of every call.
      ...['env', 'PODMAN_IGNORE_CGROUPSV1_WARNING=1'],
      ...['podman', '--root', folders.data, '--network-config-dir', join(folders.data, 'networks')],
      ...args,
      ...['system', 'service', '--time=0', socket],
    ]
  const tls = join(folders.run, 'tls/engine')
  const remote = kind.remote
    ? [
        ...[`--host=tcp://${address}:${tlsPort}`, '--tlsverify', `--tlscacert=${tls}/ca.pem`],
        ...[`--tlscert=${tls}/cert.pem`, `--tlskey=${tls}/key.pem`],
      ]
    : []
  const program = kind.rootless ? '/usr/share/docker.io/contrib/dockerd-rootless.sh' : 'dockerd'
  return [program, `--host=${socket}`, `--data-root=${folders.data}`, ...remote, ...args]
}

const cgroupOf = ({ name }: EngineKind): string => `mesocosm-engine-${name}`

/** Removes a cgroup and those below it; a no-op if it is missing. They have no processes any more. */
const removeCgroup = (path: string): void => {
  if (!existsSync(path)) return
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(path, entry.name))
  rmdirSync(path)
}

const socketOf = ({ run }: EngineFolders): string => join(run, 'docker.sock')
const pidFile = ({ run }: EngineFolders): string => join(run, 'engine.pid')

const runningPid = (kind: EngineKind): number | undefined => {
  const file = pidFile(engineFolders(kind))
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8'))
  // The number may be another program's by now.
  return readProc(`${pid}/cmdline`)?.includes('enter-root.sh') ? pid : undefined
}

/** Returns the process that `enter-root.sh` keeps in the engine's network. */
const inNetwork = (pid: number): number | undefined =>
  childrenOf(pid)
    .flatMap(childrenOf)
    .find((child) => readProc(`${child}/cmdline`) === 'sleep\0infinity\0')

const childrenOf = (pid: number): readonly number[] =>
  (readProc(`${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)

const readProc = (path: string): string | undefined => {
  try {
    return readFileSync(join('/proc', path), 'utf8')
  } catch {
    // It has ended.
    return undefined
  }
}

const ends = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs
  while (readProc(`${pid}/cmdline`)?.includes('enter-root.sh')) {
    if (Date.now() > deadline) return false
    await delay(100)
  }
  return true
}

const untilUp = async (kind: EngineKind, program: ChildProcess, logFile: string): Promise<void> => {
  const deadline = Date.now() + 120_000
  while (!(await answers(localEndpoint(kind)))) {
    const ended = program.exitCode !== null || program.pid === undefined
    if (!ended && Date.now() < deadline) {
      await delay(200)
      continue
    }
    throw new MesocosmError({
      code: 'ENGINE_NOT_FOUND',
      message: ended
        ? `${kind.name} exited with code ${program.exitCode}`
        : `${kind.name} did not answer within 120 s after its start`,
      remedy: 'run this as root on Debian, with user namespaces for rootless engines',
      lastLogs: readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20),
    })
  }
}
