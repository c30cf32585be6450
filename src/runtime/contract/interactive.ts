import { describe, expect, test } from 'vitest'
import { requireAbility } from '../require-ability.ts'
import { type ContractHarness, skipWithout } from './harness.ts'
import { createOutput, type Scene, until } from './scene.ts'

/** Registers tests of programs whose input and output are those of the caller. */
export const interactiveContract = (scene: () => Scene, harness: ContractHarness): void => {
  const begin = async (argv: readonly string[], input: 'pipe' | 'terminal') => {
    const { runtime, home, program } = scene()
    const output = createOutput()
    const id = await program(home.sandbox, argv, { input })
    const started = await requireAbility(runtime, 'startInteractive')(id, {
      onOutput: (chunk) => {
        output.add(chunk)
        return undefined
      },
    })
    return { ...started, output, id }
  }

  describe('interactive programs', () => {
    test('startInteractive passes input, its end, both outputs and the exit code', async (context) => {
      const { runtime, programs } = scene()
      skipWithout(context, runtime, harness, 'startInteractive')
      const { input, exited, output } = await begin(programs.copy(4), 'pipe')
      input.write('first\n')
      await until('the first line', () => output.text() === 'first\n')
      input.end('last\n')
      expect(await exited).toBe(4)
      expect([output.text(), output.text('stderr')]).toEqual(['first\nlast\n', 'done\n'])
    })

    test('an interactive program gets signals', async (context) => {
      const { runtime, programs } = scene()
      skipWithout(context, runtime, harness, 'startInteractive')
      const { exited, output, id } = await begin(programs.wait(), 'pipe')
      await until('its first line', () => output.text() === 'up\n')
      await runtime.signal(id, 'SIGTERM')
      expect(await exited).toBe(0)
      expect(output.text()).toBe('up\nbye\n')
    })

    test('a program with a terminal sees its size and each change of it', async (context) => {
      const { runtime, programs } = scene()
      skipWithout(context, runtime, harness, 'startInteractive')
      const { input, resize, exited, output } = await begin(programs.size(), 'terminal')
      for (const size of ['33 101', '44 77']) {
        const [rows = 0, columns = 0] = size.split(' ').map(Number)
        await resize({ rows, columns })
        input.write('\n')
        await until(`the size ${size}`, () => output.text().includes(size))
      }
      input.write('exit\n')
      expect(await exited).toBe(0)
    })
  })
}
