import { beforeEach, describe, expect, test } from 'vitest'
import type { RuntimeEvent } from '../container-event.ts'
import type { OutputGap } from '../running-program.ts'
import type { ContractHarness } from './harness.ts'
import { createOutput, ended, kinds, type Scene, until } from './scene.ts'

/** Registers tests of what happens when a connection to the engine breaks while the engine is well. */
export const interruptionContract = (scene: () => Scene, harness: ContractHarness): void => {
  const { interrupt } = harness
  const broken = (what: 'output' | 'events', during: () => Promise<void>) =>
    interrupt?.(scene().runtime, what, during)

  describe('a broken connection', () => {
    beforeEach((context) =>
      context.skip(interrupt === undefined, 'the harness cannot break connections'),
    )

    test('loses no output, and repeats none', async () => {
      const { runtime, program, programs, home } = scene()
      const id = await program(home.sandbox, programs.wait())
      const output = createOutput()
      const gaps: OutputGap[] = []
      const { outputEnded } = await runtime.start(id, output.add, (gap) => gaps.push(gap))
      await until('the program to print up', () => output.text() === 'up\n')
      // Nothing happens while the connection is broken the first time.
      await broken('output', async () => {})
      await broken('output', async () => {
        await runtime.signal(id, 'SIGTERM')
        await ended(scene(), id)
      })
      await outputEnded
      expect(output.text()).toBe('up\nbye\n')
      expect(gaps).toEqual([])
    })

    test('loses no event, and repeats none', async () => {
      const { runtime, program, programs, home, labels } = scene()
      const mine = { ...labels, interrupted: 'yes' }
      const events: RuntimeEvent[] = []
      await using _ = await runtime.watch(mine, (event) => events.push(event))
      const [first, second] = await Promise.all([
        program(home.sandbox, programs.wait(), { labels: mine }),
        program(home.sandbox, programs.print(1, 7), { labels: mine }),
      ])
      await runtime.start(first)
      await until('the start', () => kinds(events, first).includes('started'))
      await broken('events', async () => {
        await runtime.signal(first, 'SIGKILL')
        await runtime.start(second)
        await ended(scene(), first)
        await ended(scene(), second)
        await runtime.remove('container', first)
      })
      await until('the removal', () => kinds(events, first).includes('removed'))
      await until('the exit', () => kinds(events, second).includes('exited'))
      await runtime.remove('container', second)
      await until('the other removal', () => kinds(events, second).includes('removed'))
      expect(kinds(events, first)).toEqual(['started', 'exited', 'removed'])
      expect(kinds(events, second)).toEqual(['started', 'exited', 'removed'])
      expect(events.find((it) => it.kind === 'exited' && it.container === second)).toMatchObject({
        exitCode: 7,
      })
      expect(events.filter(({ kind }) => kind === 'engine-gone')).toEqual([])
    })
  })
}
