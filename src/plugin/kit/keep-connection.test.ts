import { expect, test } from 'vitest'
import { type KeepOptions, keepConnection } from './keep-connection.ts'

interface Connection {
  readonly id: number
  isOpen: boolean
}

const never = () => new Promise<never>(() => {})

/** A service whose connections are numbered; `log` has what happened to them. */
const openService = (options: Partial<KeepOptions<Connection>> = {}) => {
  const log: string[] = []
  const releases: (() => Promise<void>)[] = []
  let made = 0
  const connection = keepConnection<Connection>({
    service: { name: 'cache', onRelease: (release) => void releases.push(release) },
    async open() {
      const id = ++made
      log.push(`open ${id}`)
      return { id, isOpen: true }
    },
    close: ({ id }) => void log.push(`close ${id}`),
    isOpen: ({ isOpen }) => isOpen,
    ...options,
  })
  return {
    log,
    connection,
    id: () => connection.use('asking', {}, async ({ id }) => id),
    release: async () => {
      for (const release of releases.splice(0)) await release()
    },
  }
}

test('a kept connection is opened at the first use, by concurrent calls together', async () => {
  const { log, id } = openService()
  expect(log).toEqual([])
  expect(await Promise.all([id(), id()])).toEqual([1, 1])
  expect(await id()).toBe(1)
  expect(log).toEqual(['open 1'])
})

test('a kept connection is closed by a release, and the next use opens another', async () => {
  const { log, id, release } = openService()
  await id()
  await release()
  expect(log).toEqual(['open 1', 'close 1'])
  expect(await id()).toBe(2)
  await release()
  expect(log).toEqual(['open 1', 'close 1', 'open 2', 'close 2'])
})

test('a kept connection that broke is replaced at the next use', async () => {
  const { log, id, connection } = openService()
  await connection.use('breaking', {}, async (broken) => {
    broken.isOpen = false
  })
  expect(await id()).toBe(2)
  expect(log).toEqual(['open 1', 'close 1', 'open 2'])
})

test('an opening that fails fails its calls, and the next use tries again', async () => {
  let failures = 1
  const { id } = openService({
    async open() {
      if (failures-- > 0) throw new Error('refused')
      return { id: 7, isOpen: true }
    },
  })
  const results = await Promise.allSettled([id(), id()])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await id()).toBe(7)
})

test('an opening that does not end is given up by a timeout, and closed when it is open after all', async () => {
  const openings = [Promise.withResolvers<Connection>(), Promise.withResolvers<Connection>()]
  const left = [...openings]
  const { log, connection, id, release } = openService({
    open: () => left.shift()?.promise ?? never(),
  })
  await expect(connection.use('asking', { timeoutMs: 1 }, never)).rejects.toMatchObject({
    code: 'TIMEOUT',
    facts: { service: 'cache' },
  })
  openings[1]?.resolve({ id: 2, isOpen: true })
  expect(await id()).toBe(2)
  openings[0]?.resolve({ id: 1, isOpen: true })
  await expect.poll(() => log, { interval: 1 }).toEqual(['close 1'])
  await release()
  expect(log).toEqual(['close 1', 'close 2'])
})

test('a release does not wait for an opening that does not end', async () => {
  const { connection, release } = openService({ open: never })
  const waiting = connection.use('asking', {}, never).catch((error: unknown) => error)
  await release()
  // It ends with its own deadline, or when the opening does.
  expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting')
})

test('a call that times out ends a connection that answers in order, and no other', async () => {
  for (const inOrder of [true, false]) {
    const { log, id, connection } = openService({ inOrder })
    await expect(connection.use('asking', { timeoutMs: 1 }, never)).rejects.toThrow('TIMEOUT')
    expect(await id()).toBe(inOrder ? 2 : 1)
    expect(log).toEqual(inOrder ? ['open 1', 'close 1', 'open 2'] : ['open 1'])
  }
})

test('a failure of the work is thrown as it is, and keeps the connection', async () => {
  const { connection, id } = openService({ inOrder: true })
  const failure = new Error('refused')
  await expect(connection.use('asking', {}, () => Promise.reject(failure))).rejects.toBe(failure)
  expect(await id()).toBe(1)
})

test('a release aborts the signal of work with an ABORTED error', async () => {
  const { connection, release } = openService()
  const began = Promise.withResolvers<void>()
  const working = connection.use('a query', {}, (_, signal) => {
    began.resolve()
    return new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    )
  })
  await began.promise
  const rejected = expect(working).rejects.toMatchObject({
    code: 'ABORTED',
    summary: expect.stringMatching(/^a query was aborted: the lane was reset or released/),
    remedy: 'await every call before the test ends',
    facts: { service: 'cache' },
  })
  await release()
  await rejected
})

test('a release reports that a connection could not be closed', async () => {
  const { id, release } = openService({ close: () => Promise.reject(new Error('busy')) })
  await id()
  await expect(release()).rejects.toThrow('busy')
})
