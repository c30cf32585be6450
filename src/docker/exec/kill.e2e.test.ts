import pg from 'pg'
import { expect, test } from 'vitest'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'

const labels = { 'dev.mesocosm.kill-test': String(process.pid) }
const password = 'of-the-test'

/** Starts a PostgreSQL server, process 1 of its container; returns how to reach it. */
const startPostgres = async (runtime: Runtime) => {
  const name = `mesocosm-kill-${process.pid}`
  const network = await runtime.createNetwork({ name, labels, size: 8 })
  const publish = [{ port: 5432, protocol: 'tcp' }] as const
  const sandbox = await requireAbility(
    runtime,
    'createSandbox',
  )({ name: `${name}-sandbox`, labels, network, aliases: [], publish })
  await runtime.start(sandbox)
  const { reference: image } = await runtime.image({
    kind: 'pull',
    reference: 'postgres:17-trixie',
  })
  const id = await runtime.create({
    name,
    image,
    labels,
    env: { POSTGRES_PASSWORD: password },
    network: { kind: 'joined', container: sandbox },
  })
  const output: string[] = []
  await new Promise<void>((resolve) => {
    void runtime.start(id, ({ bytes }) => {
      output.push(Buffer.from(bytes).toString())
      if (/ready for start up[\s\S]*ready to accept connections/.test(output.join(''))) resolve()
    })
  })
  const port = (await runtime.inspect(sandbox))?.published['5432/tcp']
  const { host } = await runtime.info()
  return { id, host, port, output: () => output.join('') }
}

const removeAll = async (runtime: Runtime) => {
  const { containers, networks } = await runtime.list(labels)
  await Promise.all(containers.map(({ id }) => runtime.remove('container', id)))
  for (const { id } of networks) await runtime.remove('network', id)
}

/** Programs in which psql is not the one that the exec started, so that it can become an orphan. */
const shapes: readonly ((psql: string) => readonly string[])[] = [
  (psql) => ['sh', '-c', `${psql}; echo after`],
  (psql) => ['sh', '-c', `${psql} & ${psql}`],
  (psql) => ['sh', '-c', `(${psql} &) ; sleep 1000`],
  (psql) => ['setsid', '-w', 'sh', '-c', `while :; do ${psql}; done`],
  (psql) => ['env', '-i', 'sh', '-c', `${psql}; true`],
]

const question = (round: number) => `select pg_sleep(${1_000 + round})`

const kills = 50

test('a killed exec is never seen by process 1: PostgreSQL keeps the connections of others', async () => {
  await using runtime = await createDockerRuntime()
  try {
    const { id, host, port, output } = await startPostgres(runtime)
    const client = new pg.Client({ host, port, user: 'postgres', password })
    const lost: Error[] = []
    client.on('error', (error) => lost.push(error))
    await client.connect()
    const isAsked = async (round: number): Promise<boolean> => {
      const sql = 'select from pg_stat_activity where query = $1'
      return (await client.query(sql, [question(round)])).rowCount !== 0
    }

    for (let round = 0; round < kills; round++) {
      const shape = shapes[round % shapes.length] ?? (() => [])
      // A user of its own: root may kill its processes, but not read their environment.
      const user = round % 3 === 0 ? { user: 'postgres' } : {}
      const request = { argv: shape(`psql -U postgres -c '${question(round)}'`), ...user }
      const abort = new AbortController()
      const byTimeout = round % 2 === 0
      const exec = runtime.exec(
        id,
        request,
        byTimeout ? { timeoutMs: 150 } : { signal: abort.signal },
      )
      const failed = expect(exec).rejects.toMatchObject({
        code: byTimeout ? 'EXEC_TIMEOUT' : 'ABORTED',
        // A slow engine may not have started it at the timeout.
        message: expect.stringMatching(byTimeout ? /was (killed|not started)/ : /was killed/),
        stdout: '',
      })
      if (!byTimeout) {
        while (!(await isAsked(round)));
        abort.abort(new Error('enough'))
      }
      await failed
      expect(await client.query('select 1')).toMatchObject({ rowCount: 1 })
    }

    const argv = ['sh', '-c', "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'psql [-]U'"]
    expect(await runtime.exec(id, { argv })).toMatchObject({ stdout: '0\n' })
    expect(lost).toEqual([])
    expect(output()).not.toMatch(/reinitializ|was terminated by signal 9/)
    await client.end()
  } finally {
    await removeAll(runtime)
  }
})
