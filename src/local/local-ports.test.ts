import fs, { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLocalFolder } from './local-folder.ts'
import { LocalPorts } from './local-ports.ts'
import { LocalRecords } from './local-records.ts'

const open = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-ports-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const records = new LocalRecords(openLocalFolder(root))
  const hold = (id: string) =>
    records.write({ kind: 'sandbox', id, name: id, labels: {}, createdMs: 0 })
  return {
    records,
    ports: new LocalPorts(records),
    hold,
    file: (port: number) => join(root, 'ports', `${port}`),
  }
}

const [first, second] = ['p00000000001', 'p00000000002'] as const

test('a port belongs to its owner until that is removed', async () => {
  const { ports, hold } = open()
  hold(first)
  const port = await ports.reserve(first)
  await expect(ports.reserveThis(port, second)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  ports.release(first)
  expect(await ports.reserveThis(port, second)).toBe(port)
})

test('a port stays with its owner when another program has no file left to open', async () => {
  const { ports, hold, file } = open()
  hold(first)
  const port = await ports.reserve(first)
  const real = fs.openSync
  fs.openSync = () => {
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
  }
  syncBuiltinESMExports()
  try {
    await expect(ports.reserveThis(port, second)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  } finally {
    fs.openSync = real
    syncBuiltinESMExports()
  }
  expect(readFileSync(file(port), 'utf8')).toBe(first)
})

test('when all ports of the range are taken, the error names the range', async () => {
  const { ports, records } = open()
  const only = await ports.reserve(first)
  const narrow = new LocalPorts(records, { first: only, last: only })
  await expect(narrow.reserve(second)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    facts: { first: only, last: only },
  })
})

test('a port whose owner was never recorded is free again, one of a known owner is not', async () => {
  const { ports, hold, file } = open()
  hold(second)
  const [forgotten, known] = [await ports.reserve(first), await ports.reserve(second)]
  await expect(ports.reserveThis(forgotten, second)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  const old = new Date(Date.now() - 3_600_000)
  for (const port of [forgotten, known]) utimesSync(file(port), old, old)
  expect(await ports.reserveThis(forgotten, second)).toBe(forgotten)
  await expect(ports.reserveThis(known, first)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
})
