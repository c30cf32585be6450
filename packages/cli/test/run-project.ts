import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import Docker from 'dockerode'

const repository = join(import.meta.dirname, '../../..')
const bin = join(repository, 'packages/cli/bin/mesocosm.js')

/** Folders that every user can enter. */
const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`

/** The end of a command. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Waits until the output so far contains a text. Fails if the command ends first. */
  printed(text: string): Promise<void>
}

/** A project with a topology of its own, as a user has it. */
export interface RunProject extends AsyncDisposable {
  readonly folder: string
  /** Name of its topology. */
  readonly topology: string
  /** Starts `mesocosm` with these arguments. */
  start(args: readonly string[], options?: StartOptions): Running
  /** Runs `mesocosm` with these arguments to its end. */
  mesocosm(...args: string[]): Promise<Ended>
  /** Writes a file of the project. */
  write(path: string, text: string): void
  /** Names of the topology's containers and networks on the engine. */
  left(): Promise<string[]>
}

/** How a command is started. */
export interface StartOptions {
  readonly input?: string
  /** Keeps the input open. Default false. */
  readonly open?: boolean
  /** Program and arguments to start instead of `mesocosm`. */
  readonly argv?: readonly string[]
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a program as a user without privileges, who may use the engine; nothing without root. */
const asUser: readonly string[] =
  process.getuid?.() === 0
    ? [
        'setpriv',
        '--reuid=1234',
        '--regid=1235',
        `--groups=${statSync('/var/run/docker.sock').gid}`,
      ]
    : []

/** Uid and gid of that user. */
export const user =
  asUser.length === 0
    ? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
    : { uid: 1234, gid: 1235 }

/** Makes a project of the fixture. */
export const makeProject = (): RunProject => {
  const folder = mkdtempSync('/tmp/mesocosm-run-')
  const topology = `cli-${folder.slice(-6).toLowerCase()}`
  cpSync(join(repository, 'packages/cli/test/run-fixture'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  mkdirSync(join(folder, 'node_modules'))
  mkdirSync(join(folder, 'shared'))
  writeFileSync(join(folder, 'shared/note'), 'shared')
  symlinkSync(repository, join(folder, 'node_modules/mesocosm'))
  chmodSync(folder, 0o755)
  for (const path of ['', ...readdirSync(folder)]) {
    if (path !== 'node_modules' && process.getuid?.() === 0)
      chownSync(join(folder, path), user.uid, user.gid)
  }
  // Another user cannot enter the folder for temporary files that tests may have set.
  const {
    MESOCOSM_RUN: _,
    VITEST_POOL_ID: __,
    FORCE_COLOR: ___,
    TMPDIR: ____,
    ...rest
  } = process.env

  const start = (
    args: readonly string[],
    { input, open = false, argv = [process.execPath, bin, ...args], env }: StartOptions = {},
  ): Running => {
    const [program = '', ...words] = [...asUser, ...argv]
    const child = spawn(program, words, {
      cwd: folder,
      env: { ...rest, RUN_TOPOLOGY: topology, HOME: folder, PATH: path, ...env },
      stdio: 'pipe',
    })
    const output = { stdout: '', stderr: '' }
    const waiting = new Set<() => void>()
    const wake = () => {
      for (const look of waiting) look()
    }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
        wake()
      })
    if (input !== undefined) child.stdin.write(input)
    if (!open) child.stdin.end()
    // It may end without reading its input.
    child.stdin.on('error', () => {})
    let over = false
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => {
        over = true
        wake()
        resolve({ code, ...output })
      })
    })
    const printed = (text: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          const all = `${output.stdout}${output.stderr}`
          if (all.includes(text)) resolve()
          else if (over) reject(new Error(`it ended without ${JSON.stringify(text)}:\n${all}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      })
    return { child, ended, printed }
  }

  const mesocosm: RunProject['mesocosm'] = (...args) => start(args).ended
  return {
    folder,
    topology,
    start,
    mesocosm,
    write(path, text) {
      writeFileSync(join(folder, path), text)
      if (process.getuid?.() === 0) chownSync(join(folder, path), user.uid, user.gid)
    },
    async left() {
      const docker = new Docker()
      const filters = { label: [`dev.mesocosm.topology=${topology}`] }
      const [containers, networks] = await Promise.all([
        docker.listContainers({ all: true, filters }),
        docker.listNetworks({ filters }),
      ])
      return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
    },
    async [Symbol.asyncDispose]() {
      await mesocosm('down', '--all')
      rmSync(folder, { recursive: true })
    },
  }
}
