import { describe, expect, test } from 'vitest'
import type { ContractHarness } from './harness.ts'
import { createOutput, type Scene, until } from './scene.ts'

/** Programs beside the program, and the files both see. */
export const execContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { skip = {} } = harness

  /** One running container for all tests that leave it as it is. */
  const shared: { id?: Promise<string> } = {}
  const steady = (): Promise<string> => {
    shared.id ??= running()
    return shared.id
  }

  /** A running container of the test's own. */
  const running = async (more: Parameters<Scene['program']>[2] = {}): Promise<string> => {
    const { runtime, program, programs, home } = scene()
    const id = await program(home.sandbox, programs.wait(), more)
    const output = createOutput()
    await runtime.start(id, output.add)
    await until('the program to be up', () => output.text().includes('up'))
    return id
  }

  const exec = () => scene().programs.exec

  describe('exec', () => {
    test('gives stdin, brings back both streams, the exit code and the time', async () => {
      const id = await steady()
      const stdin = `käse\n${'x'.repeat(100_000)}\n`
      const result = await scene().runtime.exec(id, { argv: exec().echo(), stdin })
      expect(result).toMatchObject({ exitCode: 3, stdout: stdin, stderr: 'noted\n' })
      expect(result.durationMs).toBeGreaterThan(0)
    })

    test('ends the stdin of a program that is given none, and an empty one', async () => {
      const id = await steady()
      const { runtime } = scene()
      expect(await runtime.exec(id, { argv: exec().echo() })).toMatchObject({ stdout: '' })
      expect(await runtime.exec(id, { argv: exec().echo(), stdin: '' })).toMatchObject({
        stdout: '',
      })
    })

    test('adds variables to those of the container', async () => {
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

    test('runs many side by side', async () => {
      const id = await steady()
      const runs = Array.from({ length: 8 }, (_, index) =>
        scene().runtime.exec(id, { argv: exec().echo(), stdin: `${index}` }),
      )
      expect((await Promise.all(runs)).map(({ stdout }) => stdout)).toEqual([...'01234567'])
    })

    test('keeps at most 10 MiB of a stream', async () => {
      const id = await steady()
      const { stdout } = await scene().runtime.exec(id, { argv: exec().fill(11 * 2 ** 20) })
      expect(stdout.length).toBe(10 * 2 ** 20)
    })

    test('kills program and children after the timeout, and tells what they said', async () => {
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

    test('kills the program when the caller aborts, and keeps the reason', async () => {
      const id = await steady()
      const { runtime } = scene()
      const abort = new AbortController()
      const failure = runtime.exec(id, { argv: exec().linger() }, { signal: abort.signal })
      failure.catch(() => undefined)
      await until('it to run', async () => {
        const { stdout } = await runtime.exec(id, { argv: exec().lingering() })
        return stdout.trim() !== '0'
      })
      abort.abort(new Error('enough'))
      await expect(failure).rejects.toMatchObject({ code: 'ABORTED', cause: new Error('enough') })
      expect((await runtime.exec(id, { argv: exec().lingering() })).stdout.trim()).toBe('0')
    })

    test('runs nothing when aborted before', async () => {
      const id = await steady()
      const signal = AbortSignal.abort(new Error('never'))
      const failure = scene().runtime.exec(id, { argv: exec().echo() }, { signal })
      await expect(failure).rejects.toMatchObject({ code: 'ABORTED' })
    })

    test('says that a program is not there', async () => {
      const id = await steady()
      await expect(scene().runtime.exec(id, { argv: ['no-such-program'] })).rejects.toMatchObject({
        name: 'ExecError',
        code: 'EXEC_NOT_FOUND',
        argv: ['no-such-program'],
      })
    })

    test('says that the container does not run: paused, ended, not started, gone', async () => {
      const id = await running()
      const { runtime } = scene()
      const refused = () =>
        expect(runtime.exec(id, { argv: exec().echo() })).rejects.toMatchObject({
          code: 'SERVICE_NOT_RUNNING',
          remedy: expect.any(String),
        })
      await runtime.signal(id, 'pause')
      await refused()
      await runtime.signal(id, 'unpause')
      await runtime.signal(id, 'SIGKILL')
      await until('the end', async () => (await runtime.inspect(id))?.status === 'exited')
      await refused()
      await runtime.remove('container', id)
      await refused()
    })
  })

  describe('files', () => {
    test('copies texts, files and folders in, with their modes', async () => {
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
      expect(await show('/contract/exec.ts')).toContain('copies texts, files and folders in')
    })

    test('shows a mounted folder', async () => {
      const id = await running({
        mounts: [{ from: import.meta.dirname, to: '/src', readOnly: true }],
      })
      const argv = exec().show('/src/exec.ts')
      expect((await scene().runtime.exec(id, { argv })).stdout).toContain('shows a mounted folder')
    })

    test('names a host file that is missing, and leaves no container behind', async () => {
      const { runtime, labels } = scene()
      const before = (await runtime.list(labels)).containers.length
      const missing = { from: '/no/such/file', to: '/x' }
      await expect(running({ files: [missing] })).rejects.toMatchObject({
        code: 'SERVICE_START_FAILED',
        message: expect.stringContaining('/no/such/file'),
      })
      expect((await runtime.list(labels)).containers.length).toBe(before)
    })

    test('mounts a tmpfs with its options', async (context) => {
      context.skip(skip.tmpfs !== undefined, skip.tmpfs)
      const id = await running({ tmpfs: { '/scratch': 'size=1m,mode=700' } })
      const { runtime } = scene()
      const { stdout } = await runtime.exec(id, { argv: exec().show('/proc/mounts') })
      expect(stdout).toMatch(/tmpfs \/scratch tmpfs .*size=1024k,mode=700/)
    })
  })
}
