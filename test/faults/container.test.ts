import { defineTopology, lease } from 'mesocosm'
import { app } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'
import { writeFolder } from './lease.ts'

test('a service has its declared files, mounts, tmpfs, user and limits', async ({ sandbox }) => {
  writeFolder(sandbox, 'copied', { 'one.txt': 'first', 'two.txt': 'second' })
  writeFolder(sandbox, 'live', { 'now.txt': 'before' })
  await using lane = await lease(
    defineTopology({
      name: 'container',
      root: sandbox.folder,
      services: {
        api: {
          ...app,
          files: [
            ...app.files,
            { from: './copied', to: '/copied' },
            { content: 'written', to: '/etc/written.txt', mode: 0o640 },
          ],
          mounts: [{ from: './live', to: '/live', readOnly: true }],
          tmpfs: { '/scratch': 'size=1m' },
          user: 'nobody',
          workdir: '/copied',
          memoryMiB: 256,
          cpus: 0.5,
          labels: { 'example.test/owner': 'tests' },
          aliases: ['other-name'],
        },
        web: app,
      },
    }),
  )
  const { api, web } = lane.services
  const shell = async (command: string, user?: string) =>
    (await api.run(['sh', '-c', command], user === undefined ? {} : { user })).stdout.trim()

  expect(await shell('cat one.txt two.txt')).toBe('firstsecond')
  expect(await shell('cat /etc/written.txt; stat -c " %a" /etc/written.txt', 'root')).toBe(
    'written 640',
  )
  expect(await shell('id -un')).toBe('nobody')
  expect(await shell('pwd')).toBe('/copied')
  writeFolder(sandbox, 'live', { 'now.txt': 'after' })
  expect(await shell('cat /live/now.txt')).toBe('after')
  expect(await shell('touch /live/new 2>/dev/null || echo refused', 'root')).toBe('refused')
  expect(await shell('df -k /scratch | tail -1 | awk "{print \\$2}"')).toBe('1024')
  expect(
    await shell(
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
    ),
  ).toBe(String(256 * 2 ** 20))
  const { stdout } = await web.run(['getent', 'hosts', 'other-name'])
  expect(stdout).toMatch(/other-name/)
})

test('the next lease recreates the service of an edited file, and no other', async ({
  sandbox,
}) => {
  writeFolder(sandbox, 'config', { 'setting.txt': 'before' })
  const topology = defineTopology({
    name: 'edited',
    root: sandbox.folder,
    services: {
      api: { ...app, files: [...app.files, { from: './config', to: '/config' }] },
      web: app,
    },
  })
  const startOf = async (service: { run(argv: string[]): Promise<{ stdout: string }> }) =>
    (await service.run(['cat', '/proc/1/stat'])).stdout.split(' ')[21]
  const first = await lease(topology)
  const web = await startOf(first.services.web)
  await first.release()

  writeFolder(sandbox, 'config', { 'setting.txt': 'after' })
  await using second = await lease(topology)
  expect((await second.services.api.run(['cat', '/config/setting.txt'])).stdout).toBe('after')
  expect(await startOf(second.services.web)).toBe(web)
})
