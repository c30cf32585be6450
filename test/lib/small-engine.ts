import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'
import { mountSmallDisk, type SmallDisk } from '../../src/disk/small-disk.ts'
import type { ProgressJson } from '../../src/docker/api/api-types.ts'
import { createEngineApi, type Dialer, type EngineApi } from '../../src/docker/api/engine-api.ts'
import { readJsonLines } from '../../src/docker/api/ndjson.ts'
import { discoverEngine } from '../../src/docker/find/discover.ts'
import { type Child, startNode } from './child.ts'

/** An engine of its own, whose data are on a disk that is small enough to be filled. For tests. */
export interface SmallEngine extends AsyncDisposable {
  /** Address of the engine. */
  readonly endpoint: string
  readonly api: EngineApi
  /** Holds all data of the engine. */
  readonly disk: SmallDisk
  /** Starts Node in the engine's network. */
  startNode(args: readonly string[]): Child
  /** Copies an image from the engine that the tests use. */
  load(reference: string): Promise<void>
}

/** Why a test without a small engine is skipped. */
export const noSmallEngine = 'an engine of its own needs root on Linux, dockerd, unshare and ip'

/**
 * Starts `dockerd` with namespaces of its own for networks, mounts and processes: its firewall, its bridges and the
 * services that it shares with no one are out of sight of the machine's engine, and all of it ends with its first process.
 *
 * @returns `undefined` if this user or machine cannot.
 */
export const startSmallEngine = async (bytes: number): Promise<SmallEngine | undefined> => {
  if (!available()) return undefined
  const disk = mountSmallDisk(bytes)
  if (disk === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-engine-'))
  const socket = join(folder, 'docker.sock')
  const log = join(folder, 'dockerd.log')
  const file = openSync(log, 'a')
  const spaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = spawn(
    'unshare',
    [...spaces, 'sh', '-c', script, 'sh', `unix://${socket}`, disk.folder],
    { stdio: ['ignore', file, file], detached: true },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    // `unshare` itself ignores the signal.
    if (child.exitCode === null && child.signalCode === null)
      process.kill(firstOf(child.pid), 'SIGTERM')
    const patience = new AbortController()
    await Promise.race([
      ended,
      delay(20_000, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    child.kill('SIGKILL')
    await ended
    disk[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
  }
  const endpoint = `unix://${socket}`
  const api = createEngineApi(new Docker({ socketPath: socket }).modem as Dialer, endpoint)
  const deadline = performance.now() + 120_000
  while (!(await answers(api))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      const words = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')
      await stop()
      throw new Error(`the small engine did not start:\n${words}`)
    }
    await delay(50)
  }
  return {
    endpoint,
    api,
    disk,
    startNode: (args) =>
      startNode(args, { within: ['nsenter', `--net=/proc/${firstOf(child.pid)}/ns/net`] }),
    load: (reference) => copyImage(reference, api),
    [Symbol.asyncDispose]: stop,
  }
}

// ---

/** With a `/run` of its own it starts its own containerd. The disk is at the same path in its mounts. */
const script = `
set -e
ip link set lo up
mount -t tmpfs tmpfs /run
exec dockerd --host "$1" --data-root "$2" --exec-root /run/docker --pidfile /run/docker.pid`

const available = (): boolean => {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('sh', ['-c', 'command -v dockerd unshare ip'], { stdio: 'ignore' })
    execFileSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Returns the first process of the namespaces: the engine itself. */
const firstOf = (parent: number | undefined): number =>
  Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ')[0])

/** Loads an image through the same calls that it was saved with. */
const copyImage = async (reference: string, to: EngineApi): Promise<void> => {
  const here = await discoverEngine()
  const from = createEngineApi(here.dialer, here.endpoint)
  const saved = await from.stream('GET', `/images/${encodeURI(reference)}/get`)
  for await (const line of readJsonLines<ProgressJson>(
    await to.stream('POST', '/images/load', { query: { quiet: 1 }, file: saved }),
  ))
    if (line.error !== undefined) throw new Error(line.error)
  here.close()
}

const answers = async (api: EngineApi): Promise<boolean> => {
  try {
    await api.json('GET', '/_ping')
    return true
  } catch {
    return false
  }
}
