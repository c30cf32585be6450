import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findServerPackage } from '../src/local/server-package.ts'

const program = join(import.meta.dirname, '../dist/postgres-local.cjs')

/** The server of the process form, started by hand, with a folder and a port of its own. */
export class LocalServer implements AsyncDisposable {
  readonly folder: string
  readonly port: number
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  output = ''

  private constructor(port: number) {
    this.folder = mkdtempSync(join(tmpdir(), 'mesocosm-pg-'))
    this.port = port
    const { native = '', version = '' } = findServerPackage() ?? {}
    this.#env = {
      ...process.env,
      POSTGRES_NATIVE: native,
      POSTGRES_VERSION: version,
      POSTGRES_DIR: this.folder,
      POSTGRES_PORT: String(port),
      POSTGRES_DB: 'app',
      POSTGRES_USER: 'postgres',
      POSTGRES_PASSWORD: "it's/a@password",
      // What a migration declares, and what a developer has in the shell.
      MARK: 'from the task',
      DATABASE_URL: 'postgres://nowhere.invalid/production',
      PGSSLMODE: 'require',
      PGSERVICE: 'production',
      PGHOSTADDR: '192.0.2.1',
    }
  }

  /** @param files init files by name. */
  static async create(files: Readonly<Record<string, string | Buffer>> = {}): Promise<LocalServer> {
    const server = new LocalServer(await freePort())
    for (const [name, content] of Object.entries(files)) {
      const path = join(server.folder, 'init', name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
    server.start()
    return server
  }

  start(): void {
    const child = spawn(process.execPath, [program, 'serve', '-c', 'fsync=off'], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group, as in the local runtime.
      detached: true,
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        this.output += String(text)
      })
    this.#child = child
  }

  /** Runs a task of the plugin. @throws with what it wrote to stderr. */
  async task(...argv: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...argv], {
      env: this.#env,
    })
    return stdout
  }

  /** Ends the server; resolves with its exit code, or the signal that ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    const child = this.#child as ChildProcess
    if (child.exitCode !== null || child.signalCode !== null)
      return child.exitCode ?? String(child.signalCode)
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, name) => resolve(code ?? String(name))),
    )
    process.kill(-(child.pid ?? 0), signal)
    return await ended
  }

  async connect(database: string): Promise<pg.Client & AsyncDisposable> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'postgres',
      password: this.#env.POSTGRES_PASSWORD ?? '',
      database,
    })
    client.on('error', () => {})
    await client.connect()
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.end().catch(() => {}) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

// ---

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
