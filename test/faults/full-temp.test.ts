import { defineTopology, isMesocosmError, lease, log } from 'mesocosm'
import { vi } from 'vitest'
import { mountSmallDisk, noMount, type SmallDisk } from '../../src/disk/small-disk.ts'
import { isAlive } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

/* The disk of temporary files, which has the folders by which clients find their supervisor. */

const topologyIn = ({ folder: root }: Sandbox) =>
  defineTopology({
    name: 'full-temp',
    root,
    services: {
      api: {
        image: 'debian:trixie-slim',
        command: ['sh', '-c', 'echo up; exec sleep 600'],
        env: { A: '0' },
        ready: log('up'),
        stopTimeoutMs: 0,
      },
    },
  })

/** Has the temporary files of this process and its supervisors on a small disk. */
const mountTemporary = (): (SmallDisk & Disposable) | undefined => {
  const disk = mountSmallDisk(8 * 1024 * 1024)
  if (disk === undefined) return undefined
  vi.stubEnv('TMPDIR', disk.folder)
  return {
    ...disk,
    [Symbol.dispose]() {
      vi.unstubAllEnvs()
      disk[Symbol.dispose]()
    },
  }
}

/** Waits until a run has left nothing, its supervisor included. */
const over = async (sandbox: Sandbox): Promise<void> => {
  const run = sandbox.runs().at(-1) ?? ''
  const supervisor = sandbox.supervisorOf(run)
  await cleared(run)
  await eventually(() => expect(isAlive(supervisor)).toBe(false))
}

test('a run that cannot begin on a full disk is DISK_FULL, and names TMPDIR', async ({
  sandbox,
  skip,
}) => {
  using disk = mountTemporary()
  if (disk === undefined) return skip(noMount)
  // Each place in turn finds no space: the client's claim, the files of the supervisor.
  const spares = [0, 1, 2, 3, 4, 6].map((pages) => pages * 4_096)
  const codes: unknown[] = []
  for (const spare of spares) {
    disk.fill(spare)
    try {
      await using _lane = await lease(topologyIn(sandbox))
      codes.push('leased')
    } catch (error) {
      codes.push(isMesocosmError(error) ? error.code : error)
      expect(error).toMatchObject({ code: 'DISK_FULL', remedy: expect.stringContaining('TMPDIR') })
    }
    disk.free()
  }
  expect(codes[0]).toBe('DISK_FULL')
  {
    await using lane = await lease(topologyIn(sandbox))
    expect((await lane.services.api.run(['echo', 'works'])).stdout).toContain('works')
  }
  await over(sandbox)
})

test('a run goes on, leases lanes and ends cleanly while the disk of its temporary files is full', async ({
  sandbox,
  skip,
}) => {
  using disk = mountTemporary()
  if (disk === undefined) return skip(noMount)
  {
    await using lane = await lease(topologyIn(sandbox))
    const supervisor = sandbox.supervisorOf(sandbox.runs().at(-1) ?? '')
    disk.fill()
    await lane.services.api.restart()
    await lane.services.api.withEnv({ A: '1' }, async () => {
      expect((await lane.services.api.run(['printenv', 'A'])).stdout.trim()).toBe('1')
    })
    {
      await using other = await lease(topologyIn(sandbox), { key: 'other' })
      expect((await other.services.api.run(['echo', 'works'])).stdout).toContain('works')
    }
    await lane.reset()
    expect(isAlive(supervisor)).toBe(true)
  }
  await over(sandbox)
})
