import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lease } from 'mesocosm'
import { labelled } from '../../../../test/lib/engine.ts'
import type { Sandbox } from '../../../../test/lib/sandbox.ts'
import { expect, test } from '../../../../test/lib/test.ts'
import { topology } from '../../test/commands/topology.ts'
import { probeFileOf } from '../probe/probe-file.ts'
import { probeService } from '../probe/probe-service.ts'

/*
 * Real tools in their images: their output must equal the committed files in `test/commands/topology.probe`, and calls
 * that the generated types allow must work.
 */

const fixtures = join(import.meta.dirname, '../../test/commands')

/** Returns the same topology with the sandbox as its root. */
const inSandbox = ({ folder }: Sandbox) => ({ ...topology, root: folder })

/** Returns the output of a command, or its exit code and stderr if it failed. */
const printed = async (
  ended: Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>,
): Promise<string> => {
  const { exitCode, stdout, stderr } = await ended
  return exitCode === 0 ? stdout.trim() : `exit code ${exitCode}: ${stderr}`
}

test('commands of a Symfony console are probed and run', async ({ sandbox }) => {
  await using lane = await lease(inSandbox(sandbox), { services: ['symfony'] })
  await expectCommittedProbe(sandbox, 'symfony')
  const { exec } = lane.services.symfony
  const result = exec['app:create-admin']('ann@b.co', ['x', 'y'], {
    role: 'root',
    group: ['a', 'b'],
    'no-mail': true,
    note: 'later',
  })
  expect(JSON.parse(await printed(result))).toEqual({
    arguments: { email: 'ann@b.co', tags: ['x', 'y'] },
    options: { role: 'root', group: ['a', 'b'], note: 'later', mail: false, force: false },
  })
  expect(await printed(exec['app:create-admin']('-ann', { force: true }))).toContain('"-ann"')
  expect(await printed(exec['app:purge']())).toBe('purged')
  await expect(exec['app:create-admin']('taken@b.co')).rejects.toMatchObject({
    code: 'EXEC_FAILED',
    exitCode: 3,
  })
})

test('commands of a Django project are probed and run', async ({ sandbox }) => {
  await using lane = await lease(inSandbox(sandbox), { services: ['django'] })
  await expectCommittedProbe(sandbox, 'django')
  const { exec } = lane.services.django
  const result = exec.create_admin('-ann', ['x', 'y'], {
    role: 'root',
    quota: 3,
    group: ['a', 'b'],
    '--fields': ['p', 'q'],
    'no-mail': true,
    '-n': true,
  })
  expect(JSON.parse(await printed(result))).toEqual({
    ...{ email: '-ann', tags: ['x', 'y'], role: 'root', quota: 3, mail: false, dry: true },
    ...{ group: ['a', 'b'], fields: ['p', 'q'] },
  })
  expect(await printed(exec['stock move']('a', 'b'))).toBe("move None ['a', 'b']")
  await expect(exec.create_admin('taken@b.co')).rejects.toMatchObject({
    code: 'EXEC_FAILED',
    exitCode: 3,
    stderr: 'CommandError: taken\n',
  })
  expect(await printed(exec.migrate({ plan: true }))).toContain('Planned operations')
})

test('commands of click and typer tools are probed and run', async ({ sandbox }) => {
  await using lane = await lease(inSandbox(sandbox), { services: ['click', 'typer'] })
  await expectCommittedProbe(sandbox, 'click')
  await expectCommittedProbe(sandbox, 'typer')
  const { click, typer } = lane.services
  const result = click.exec['create-admin']('-ann', ['x'], {
    role: 'root',
    quota: -3,
    group: ['a', 'b'],
    '--at': [1, 2],
    'no-mail': true,
    '-n': true,
  })
  expect(await printed(result)).toBe(
    'loading the shop\n{"role": "root", "quota": -3, "group": ["a", "b"], "at": [1.0, 2.0], "mail": false, "dry": true, "email": "-ann", "tags": ["x"]}',
  )
  expect(await printed(click.exec['db migrate']('7'))).toMatch(/at 7$/)
  expect(await printed(typer.exec.paint('north', { color: 'blue', coats: 2 }))).toBe('north blue 2')
  expect(await printed(typer.exec['wash-all'](['a', 'b'], { hot: true }))).toBe('a,b True')
})

test('commands of commander and yargs tools are probed and run, as are npm scripts and programs', async ({
  sandbox,
}) => {
  await using lane = await lease(inSandbox(sandbox), { services: ['commander', 'yargs'] })
  await expectCommittedProbe(sandbox, 'commander')
  await expectCommittedProbe(sandbox, 'yargs')
  const { commander, yargs } = lane.services
  const result = commander.exec['create-admin']('-ann', ['x', 'y'], {
    role: 'root',
    quota: 3,
    group: ['a', 'b'],
    'no-mail': true,
    '-n': true,
    reason: 'new',
  })
  expect(JSON.parse(await printed(result))).toEqual([
    '-ann',
    ['x', 'y'],
    { role: 'root', quota: 3, group: ['a', 'b'], mail: false, n: true, reason: 'new' },
  ])
  expect(await printed(commander.exec['db migrate']('up'))).toBe('["up",{}]')
  expect(
    JSON.parse(
      await printed(yargs.exec['create-admin'](['ann', 'x'], { role: 'root', force: true })),
    ),
  ).toEqual({ email: 'ann', tags: ['x'], role: 'root', force: true })
  expect(await printed(yargs.exec['db migrate']('up'))).toBe('{"to":"up"}')

  expect(await printed(commander.exec['npm:greet']('ann', '--loud'))).toBe('hello ann --loud')
  expect(await printed(commander.exec['bin:shop']('db', 'migrate', 'down'))).toBe('["down",{}]')
  expect(await printed(commander.exec['bin:shop-sh']('a b', 'c'))).toBe('shell a b c')
})

test('commands of a cobra tool are probed and run in a service without a build', async ({
  sandbox,
}) => {
  await using lane = await lease(inSandbox(sandbox), { services: ['cobra'] })
  await expectCommittedProbe(sandbox, 'cobra')
  const { exec } = lane.services.cobra
  const put = { type: 'int', value: 3, selector: 'b', file: '/a.json', out: '-', pretty: 'false' }
  expect(await printed(exec.put(put))).toBe('{"a":1,"b":3}')
  expect(await exec.validate(['/a.json'])).toMatchObject({ exitCode: 0 })
  await expect(exec.validate(['/etc/hostname'])).rejects.toMatchObject({ exitCode: 1 })
})

test('probing a service whose image is not built rejects with the command that builds it', async ({
  sandbox,
}) => {
  const changed = topology.with({
    symfony: {
      build: { context: join(fixtures, 'symfony'), args: { CHANGED: '1' } },
      cli: ['php', 'bin/console'],
    },
  })
  const asked = probeService({
    topology: { ...changed, root: sandbox.folder },
    service: 'symfony',
    folder: undefined,
  })
  await expect(asked).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    remedy: expect.stringContaining('mesocosm up symfony'),
    facts: { service: 'symfony' },
  })
})

// ---

/** Probes the service in a separate folder, compares the output, and checks that no container is left. */
const expectCommittedProbe = async (
  sandbox: Sandbox,
  service: keyof typeof topology.definition.services,
): Promise<void> => {
  const { file, outcome } = await probeService({
    topology: inSandbox(sandbox),
    service,
    folder: join(fixtures, service === 'commander' || service === 'yargs' ? 'node' : service),
  })
  expect(outcome).toBe('written')
  expect(file).toBe(probeFileOf(sandbox.folder, service))
  await expect(readFileSync(file ?? '', 'utf8')).toMatchFileSnapshot(probeFileOf(fixtures, service))
  const { containers } = await labelled('dev.mesocosm.topology', topology.name)
  expect(containers.filter(({ role }) => role === undefined)).toEqual([])
}
