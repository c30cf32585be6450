import { expect, test } from 'vitest'
import { mergeTrace } from '../../../../src/trace/read/merge-trace.ts'
import { coverageOf } from './coverage.ts'

const head = { k: 'head', t: 0, v: 2, writer: 'supervisor', pid: 1, prefix: 's' }
const topology = {
  k: 'topology',
  t: 1,
  name: 'shop',
  services: {
    db: { image: 'postgres' },
    mail: { image: 'mail', kind: 'mailhog', env: { PORT: [] } },
    api: {
      build: './api',
      env: { DATABASE_URL: ['db.url'], SMTP: ['mail.url'], SIGNUP: [], LOCALE: [] },
    },
  },
}
const coverage = (...entries: readonly object[]) => {
  const text = [head, topology, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join('')
  const [found] = coverageOf(mergeTrace([{ name: 'ev/s.ndjson', text }]))
  return found
}

test('connections that no service made and variables that no test changed are listed', () => {
  const found = coverage(
    { k: 'edge.used', t: 2, l: 'lane_1', s: 'api', to: 'db', port: 5432 },
    { k: 'env.change', t: 3, l: 'lane_1', s: 'api', diff: { SIGNUP: ['closed', 'open'] } },
  )
  expect(found?.unusedEdges.map(({ from, to, keys }) => [from, to, keys])).toEqual([
    ['api', 'mail', ['SMTP']],
  ])
  expect(found?.unchanged).toEqual([{ service: 'api', keys: ['LOCALE'] }])
})

test('a reset that puts a variable back does not count as a change by a test', () => {
  const found = coverage({
    k: 'env.change',
    t: 3,
    l: 'lane_1',
    s: 'api',
    diff: { SIGNUP: ['open', 'closed'] },
    cause: 'reset',
  })
  expect(found?.unchanged).toEqual([{ service: 'api', keys: ['SIGNUP', 'LOCALE'] }])
})

test('without any connection in the record none is called unused', () => {
  expect(coverage()).toMatchObject({ knowsEdges: false, unusedEdges: [] })
})
