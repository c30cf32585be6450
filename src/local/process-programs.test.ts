// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders that the start of a program fills in
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import type { RuntimeEvent } from '../runtime/container-event.ts'
import type { ContainerSpec, LocalProgram } from '../runtime/container-spec.ts'
import { processesWith, programMark } from './process-group.ts'
import { ProcessPrograms } from './process-programs.ts'

const open = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-programs-'))
  const programs = new ProcessPrograms({ folder })
  onTestFinished(async () => {
    await Promise.all(programs.list({}).map(({ id }) => programs.remove(id)))
    await programs[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  return { programs, folder }
}

const shell = (
  script: string,
  {
    local,
    ...more
  }: Partial<Omit<ContainerSpec, 'local'>> & { local?: Partial<LocalProgram> } = {},
): ContainerSpec => ({
  name: 'mesocosm-test-api',
  image: 'unused',
  labels: { 'dev.mesocosm.service': 'api' },
  network: { kind: 'none' },
  local: { command: ['sh', '-c', script], cwd: tmpdir(), ports: {}, portEnv: {}, ...local },
  ...more,
})

const noPort = (name: string): number => {
  throw new Error(`no port ${name}`)
}

/** Starts a program and collects what it prints. */
const start = async (programs: ProcessPrograms, id: string) => {
  const printed = { stdout: '', stderr: '' }
  const { outputEnded } = await programs.start(id, ({ stream, bytes }) => {
    printed[stream] += Buffer.from(bytes).toString()
  })
  return { printed, outputEnded }
}

const exited = (programs: ProcessPrograms, id: string) =>
  eventually(() => expect(programs.inspect(id)?.status).toBe('exited'))

test('placeholders and port variables have the ports of the process, and its own folder', async () => {
  const { programs } = open()
  const spec = shell('', {
    env: { WHERE: '${DIR}' },
    local: {
      command: [
        ...['sh', '-c', 'echo "$0 $1 $HTTP"; test -d "$WHERE" && test -d "$TMPDIR" && echo ok'],
        ...['${PORT}', '${PORT_SMTP_IN} ${OTHER}'],
      ],
      ports: { http: 3000, 'smtp-in': 25 },
      portEnv: { http: 'HTTP' },
    },
  })
  const id = await programs.create(spec, (name) => (name === 'http' ? 4001 : 4002))
  const { printed, outputEnded } = await start(programs, id)
  await outputEnded
  expect(printed.stdout).toBe('4001 4002 ${OTHER} 4001\nok\n')
})

test('a placeholder of a port that the service does not declare is named', async () => {
  const { programs } = open()
  const spec = shell('', { local: { command: ['sh', '${PORT_HTTP}'], ports: { web: 1 } } })
  await expect(programs.create(spec, () => 1)).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    message: expect.stringContaining('only these ports: web'),
  })
  expect(programs.list({})).toEqual([])
})

test('a container without a local form is refused by the name of its service', async () => {
  const { programs } = open()
  const { local: _, ...spec } = shell('')
  await expect(programs.create(spec, noPort)).rejects.toMatchObject({
    code: 'LOCAL_UNSUPPORTED',
    facts: { service: 'api' },
  })
})

test('what a program has left behind in the background ends with its first process', async () => {
  const { programs } = open()
  const id = await programs.create(
    shell('setsid sleep 1000 & sleep 1000 & sleep 0.2; exit 7'),
    noPort,
  )
  const { outputEnded } = await start(programs, id)
  await exited(programs, id)
  expect(programs.inspect(id)?.exitCode).toBe(7)
  expect(processesWith(`${programMark}=${id}`)).toEqual([])
  // The daemons held its output.
  await outputEnded
})

test('remove ends a program that ignores signals, its daemons, and removes its folder', async () => {
  const { programs, folder } = open()
  const script =
    "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM; sleep 1000' & echo up; wait; sleep 1000"
  const id = await programs.create(shell(script), noPort)
  const { printed } = await start(programs, id)
  await eventually(() => expect(printed.stdout).toBe('up\n'))
  await programs.signal(id, 'SIGTERM')
  expect(programs.inspect(id)?.status).toBe('running')
  await programs.remove(id)
  expect(processesWith(`${programMark}=${id}`)).toEqual([])
  expect(programs.inspect(id)).toBeUndefined()
  expect(existsSync(join(folder, id))).toBe(false)
  expect(readdirSync(join(folder, 'records'))).toEqual([])
})

test('another process lists, inspects and removes a program, and cannot start it', async () => {
  const { programs, folder } = open()
  const id = await programs.create(shell('sleep 1000', { labels: { mine: 'yes' } }), noPort)
  await programs.start(id)
  const other = new ProcessPrograms({ folder })
  expect(other.list({ mine: 'yes' })).toMatchObject([{ id, status: 'running' }])
  expect(other.list({ mine: 'no' })).toEqual([])
  expect(other.inspect(id)).toMatchObject({ status: 'running', pid: expect.any(Number) })
  await expect(other.start(id)).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' })
  await other.remove(id)
  expect(other.list({})).toEqual([])
  expect(programs.inspect(id)).toBeUndefined()
  expect(processesWith(`${programMark}=${id}`)).toEqual([])
})

test('a process that has got the pid of a program that ended is never signalled', async () => {
  const { programs, folder } = open()
  const id = await programs.create(shell('sleep 1000'), noPort)
  await programs.start(id)
  const stranger = await programs.create(shell('sleep 1000'), noPort)
  await programs.start(stranger)
  const { records } = programs
  const pid = programs.inspect(stranger)?.pid ?? 0
  const record = records.read(id)
  const group = record?.group
  if (record === undefined || group === undefined) throw new Error('the program has no record')
  // As after a restart of the machine: the number is that of another program now.
  await programs.remove(id)
  records.write({ ...record, group: { ...group, pid, startTime: '1' } })
  const other = new ProcessPrograms({ folder })
  expect(other.list({})).toContainEqual(expect.objectContaining({ id, status: 'exited' }))
  await other.remove(id)
  expect(programs.inspect(stranger)?.status).toBe('running')
})

test('a crash, a signal and a restart are events of the program', async () => {
  const { programs } = open()
  const events: RuntimeEvent[] = []
  await using _ = programs.watch({ mine: 'yes' }, (event) => events.push(event))
  const id = await programs.create(shell('exit 3', { labels: { mine: 'yes' } }), noPort)
  await programs.start(id)
  await exited(programs, id)
  await programs.start(id)
  await exited(programs, id)
  await programs.remove(id)
  expect(events).toMatchObject([
    { kind: 'started', container: id },
    { kind: 'exited', exitCode: 3 },
    { kind: 'started' },
    { kind: 'exited', exitCode: 3 },
    { kind: 'removed' },
  ])
})

test('a missing program and a missing folder are errors that name them', async () => {
  const { programs } = open()
  const missing = await programs.create(
    shell('', { local: { command: ['no-such-program'] } }),
    noPort,
  )
  const nowhere = await programs.create(shell('', { local: { cwd: '/no/such/folder' } }), noPort)
  const failure = (text: string) => ({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining(text),
    remedy: expect.any(String),
  })
  await expect(programs.start(missing)).rejects.toMatchObject(failure('no-such-program'))
  await expect(programs.start(nowhere)).rejects.toMatchObject(failure('/no/such/folder'))
  expect(programs.inspect(missing)?.status).toBe('created')
})

test('a program has none of the variables of the test runner, and the limits that the system has', async () => {
  const { programs } = open()
  const warnings: string[] = []
  const spec = shell('echo "$VITEST|$NODE_ENV|$MESOCOSM_RUN"; ulimit -n', {
    ulimits: { nofile: { soft: 123, hard: 456 } },
    memoryMiB: 64,
  })
  const id = await programs.create(spec, noPort, { onWarning: (text) => warnings.push(text) })
  const { printed, outputEnded } = await start(programs, id)
  await outputEnded
  const hasLimits = !warnings.join().includes('ulimits')
  expect(printed.stdout).toMatch(hasLimits ? /^\|\|\n123\n$/ : /^\|\|\n/)
  expect(warnings.join()).toContain('memoryMiB')
})

test('a missing program is named although its limits are set by another one', async () => {
  const { programs } = open()
  const spec = shell('', { ulimits: { nofile: 123 }, local: { command: ['no-such-program'] } })
  const id = await programs.create(spec, noPort)
  await expect(programs.start(id)).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining('no-such-program is missing'),
  })
})

test('files are copied into the own folder of a program, and missing ones are named', async () => {
  const { programs, folder } = open()
  const files = [
    { content: 'plain', to: 'conf/plain.txt' },
    { content: 'private', to: 'private.txt', mode: 0o600 },
    { from: import.meta.dirname, to: 'sources' },
  ]
  const script = 'cat conf/plain.txt; stat -c %a private.txt; ls sources/process-programs.test.ts'
  const command = ['sh', '-c', `cd "$0"; ${script}`, '${DIR}']
  const id = await programs.create(shell('', { local: { command, files } }), noPort)
  const { printed, outputEnded } = await start(programs, id)
  await outputEnded
  expect(printed.stdout).toBe('plain600\nsources/process-programs.test.ts\n')
  const missing = shell('', { local: { files: [{ from: '/no/such/file', to: 'x' }] } })
  await programs.remove(id)
  await expect(programs.create(missing, noPort)).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining('/no/such/file'),
  })
  expect(readdirSync(folder).sort()).toEqual(['ports', 'records'])
})
