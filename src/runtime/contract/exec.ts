import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ContractHarness } from './harness.ts'
import { createOutput, type Scene, until } from './scene.ts'

/** Registers tests of programs run in a running container, and of its files. */
export const execContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  /** A running container shared by all tests that do not change it. */
  const shared: { id?: Promise<string> } = {}
  const steady = (): Promise<string> => {
    shared.id ??= running()
    return shared.id
  }

  /** Starts a container for one test. */
  const running = async (more: Parameters<Scene['program']>[2] = {}): Promise<string> => {
    const { runtime, program, programs, home } = scene()
    const id = await program(home.sandbox, programs.wait(), more)
    const output = createOutput()
    await runtime.start(id, output.add)
    await until('the program to print up', () => output.text().includes('up'))
    return id
  }

  const exec = () => scene().programs.exec

  describe('exec', () => {
    test('exec passes stdin and returns both streams, the exit code and the duration', async () => {
      const id = await steady()
      const stdin = `käse\n${'x'.repeat(100_000)}\n`
      const result = await scene().runtime.exec(id, { argv: exec().echo(), stdin })
      expect(result).toMatchObject({ exitCode: 3, stdout: stdin, stderr: 'noted\n' })
      expect(result.durationMs).toBeGreaterThan(0)
    })

    test('exec ends the stdin of a program without stdin, or with an empty one', async () => {
      const id = await steady()
      const { runtime } = scene()
      expect(await runtime.exec(id, { argv: exec().echo() })).toMatchObject({ stdout: '' })
      expect(await runtime.exec(id, { argv: exec().echo(), stdin: '' })).toMatchObject({
        stdout: '',
      })
    })

    test('exec adds variables to the environment of the container', async () => {
      const id = await running({ env: { OLD: 'old', BOTH: 'old' } })
      const { runtime } = scene()
      const value = async (name: string) => {
        const argv = exec().env(name)
        return (await runtime.exec(id, { argv, env: { NEW: 'new', BOTH: 'new' } })).stdout
      }
      expect([await value('OLD'), await value('NEW'), await value('BOTH')]).toEqual([
        'old\n',
        'new\n',
        'new\n',
      ])
    })

    test('exec runs many programs at a time', async () => {
      const id = await steady()
      const runs = Array.from({ length: 8 }, (_, index) =>
        scene().runtime.exec(id, { argv: exec().echo(), stdin: `${index}` }),
      )
      expect((await Promise.all(runs)).map(({ stdout }) => stdout)).toEqual([...'01234567'])
    })

    test('exec returns at most 10 MiB of a stream, and which one is not complete', async () => {
      const id = await steady()
      const fill = (bytes: number) => scene().runtime.exec(id, { argv: exec().fill(bytes) })
      const { stdout, truncated } = await fill(11 * 2 ** 20)
      expect(stdout.length).toBe(10 * 2 ** 20)
      expect(truncated).toEqual({ stdout: true, stderr: false })
      const exact = await fill(10 * 2 ** 20)
      expect(exact.stdout.length).toBe(10 * 2 ** 20)
      expect(exact).not.toHaveProperty('truncated')
    })

    test('exec kills program and children after the timeout, and returns their output in the error', async () => {
      const id = await steady()
      const { runtime } = scene()
      const failure = runtime.exec(id, { argv: exec().linger() }, { timeoutMs: 300 })
      await expect(failure).rejects.toMatchObject({
        name: 'ExecError',
        code: 'EXEC_TIMEOUT',
        argv: exec().linger(),
        exitCode: undefined,
        stdout: 'lingering\n',
      })
      expect((await runtime.exec(id, { argv: exec().lingering() })).stdout.trim()).toBe('0')
    })

    test('exec kills the program on abort, and keeps the reason as cause', async () => {
      const id = await steady()
      const { runtime } = scene()
      const abort = new AbortController()
      const failure = runtime.exec(id, { argv: exec().linger() }, { signal: abort.signal })
      failure.catch(() => undefined)
      await until('the program to run', async () => {
        const { stdout } = await runtime.exec(id, { argv: exec().lingering() })
        return stdout.trim() !== '0'
      })
      abort.abort(new Error('enough'))
      await expect(failure).rejects.toMatchObject({ code: 'ABORTED', cause: new Error('enough') })
      expect((await runtime.exec(id, { argv: exec().lingering() })).stdout.trim()).toBe('0')
    })

    test('exec with an aborted signal runs nothing', async () => {
      const id = await steady()
      const signal = AbortSignal.abort(new Error('never'))
      const failure = scene().runtime.exec(id, { argv: exec().echo() }, { signal })
      await expect(failure).rejects.toMatchObject({ code: 'ABORTED' })
    })

    test('exec reports a missing program as EXEC_NOT_FOUND', async () => {
      const id = await steady()
      await expect(scene().runtime.exec(id, { argv: ['no-such-program'] })).rejects.toMatchObject({
        name: 'ExecError',
        code: 'EXEC_NOT_FOUND',
        argv: ['no-such-program'],
      })
    })

    const refused = (id: string) =>
      expect(scene().runtime.exec(id, { argv: exec().echo() })).rejects.toMatchObject({
        code: 'SERVICE_NOT_RUNNING',
        remedy: expect.any(String),
      })

    test('exec reports a paused container as SERVICE_NOT_RUNNING', async (context) => {
      context.skip(skip.pause !== undefined, skip.pause)
      const id = await running()
      await scene().runtime.signal(id, 'pause')
      await refused(id)
      await scene().runtime.remove('container', id)
    })

    test('exec reports an exited or removed container as SERVICE_NOT_RUNNING', async () => {
      const id = await running()
      const { runtime } = scene()
      await runtime.signal(id, 'SIGKILL')
      await until(
        'the program to end',
        async () => (await runtime.inspect(id))?.status === 'exited',
      )
      await refused(id)
      await runtime.remove('container', id)
      await refused(id)
    })
  })

  describe('files', () => {
    test('create copies contents, files and folders with their modes', async () => {
      const here = import.meta.dirname
      const id = await running({
        files: [
          { content: 'plain', to: '/deep/er/plain.txt' },
          { content: 'private', to: '/private.txt', mode: 0o600 },
          { from: `${here}/harness.ts`, to: '/harness.ts', mode: 0o755 },
          { from: here, to: '/contract' },
        ],
      })
      const show = async (path: string) =>
        (await scene().runtime.exec(id, { argv: exec().show(path) })).stdout
      expect(await show('/deep/er/plain.txt')).toBe('644\nplain')
      expect(await show('/private.txt')).toBe('600\nprivate')
      expect(await show('/harness.ts')).toMatch(/^755\nimport type/)
      expect(await show('/contract/exec.ts')).toContain('export const execContract')
    })

    test('create keeps links of a folder, and leaves out FIFOs and sockets without opening them', async () => {
      const folder = hostFolder()
      const at = (name: string) => join(folder, name)
      writeFileSync(at('file.txt'), 'content')
      symlinkSync('file.txt', at('link.txt'))
      symlinkSync('/no/such/file', at('dangling'))
      symlinkSync('.', at('self'))
      execFileSync('mkfifo', [at('pipe')])
      const server = createServer().listen(at('socket'))
      await once(server, 'listening')
      try {
        const id = await running({ files: [{ from: folder, to: '/copy' }] })
        const show = async (path: string) =>
          (await scene().runtime.exec(id, { argv: exec().show(path) })).stdout
        expect(await show('/copy/file.txt')).toMatch(/content$/)
        expect(await show('/copy/link.txt')).toMatch(/content$/)
        expect(await show('/copy/pipe')).not.toMatch(/^\d/)
        expect(await show('/copy/socket')).not.toMatch(/^\d/)
      } finally {
        server.close()
      }
    })

    test('create refuses a FIFO that is named in files', async () => {
      const pipe = join(hostFolder(), 'pipe')
      execFileSync('mkfifo', [pipe])
      await expect(running({ files: [{ from: pipe, to: '/pipe' }] })).rejects.toMatchObject({
        code: 'TOPOLOGY_INVALID',
        message: expect.stringContaining(`${pipe} is a FIFO, which cannot be copied`),
      })
    })

    test('a mounted folder is readable inside', async (context) => {
      context.skip(skip.mounts !== undefined, skip.mounts)
      const id = await running({
        mounts: [{ from: import.meta.dirname, to: '/src', readOnly: true }],
      })
      const argv = exec().show('/src/exec.ts')
      expect((await scene().runtime.exec(id, { argv })).stdout).toContain(
        'export const execContract',
      )
    })

    test('create reports a missing host file as SERVICE_START_FAILED, and leaves no container', async () => {
      const { runtime, labels } = scene()
      const before = (await runtime.list(labels)).containers.length
      const missing = { from: '/no/such/file', to: '/x' }
      await expect(running({ files: [missing] })).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        message: expect.stringContaining('/no/such/file'),
      })
      expect((await runtime.list(labels)).containers.length).toBe(before)
    })

    test('a tmpfs has its mount options', async (context) => {
      context.skip(skip.tmpfs !== undefined, skip.tmpfs)
      const id = await running({ tmpfs: { '/scratch': 'size=1m,mode=700' } })
      const { runtime } = scene()
      const { stdout } = await runtime.exec(id, { argv: exec().show('/proc/mounts') })
      expect(stdout).toMatch(/tmpfs \/scratch tmpfs .*size=1024k,mode=700/)
    })
  })
}

/** A folder of the host that is removed after the test. */
const hostFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
