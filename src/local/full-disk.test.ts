import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import { mountSmallDisk, noMount } from '../disk/small-disk.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import { processesWith, programMark } from './process-group.ts'
import { ProcessPrograms } from './process-programs.ts'

const spec = (command: readonly string[]): ContainerSpec => ({
  name: 'mesocosm-test-api',
  image: 'unused',
  labels: {},
  network: { kind: 'none' },
  local: { command, cwd: '/', ports: {}, portEnv: {} },
})

const noPort = (): number => 0

test('on a full disk nothing new starts, and what runs still ends and is removed', async (context) => {
  using disk = mountSmallDisk(256 * 1024)
  if (disk === undefined) return context.skip(noMount)
  const programs = new ProcessPrograms({ folder: join(disk.folder, 'programs') })
  const running = await programs.create(spec(['sleep', '1000']), noPort)
  await programs.start(running)
  const created = await programs.create(spec(['sleep', '1000']), noPort)
  disk.fill()

  const full = { code: 'DISK_FULL', remedy: expect.any(String) }
  await expect(programs.create(spec(['true']), noPort)).rejects.toMatchObject(full)
  await expect(programs.ports.reserve('owner')).rejects.toMatchObject(full)
  // A program without a record could not be found after this process is killed.
  await expect(programs.start(created)).rejects.toMatchObject(full)
  await eventually(() => expect(processesWith(`${programMark}=${created}`)).toEqual([]))

  await programs.signal(running, 'SIGKILL')
  expect(programs.inspect(running)).toMatchObject({ status: 'exited', exitCode: 137 })
  // Another process knows it by the old record, whose process has ended.
  const other = new ProcessPrograms({ folder: join(disk.folder, 'programs') })
  expect(other.list({}).map(({ status }) => status)).toEqual(
    expect.arrayContaining(['exited', 'created']),
  )
  for (const id of [running, created]) await programs.remove(id)
  expect(readdirSync(join(disk.folder, 'programs', 'records'))).toEqual([])
  expect(readdirSync(join(disk.folder, 'programs', 'ports'))).toEqual([])
})
