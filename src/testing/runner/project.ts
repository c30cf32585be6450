import { join } from 'node:path'
import type { ContractTest, ContractTestFile } from './contract.ts'

/** One small service: it greets as its environment says, and counts since its program started. */
const server = `
let count = 0
require('node:http').createServer((request, response) => {
  if (request.url !== '/ready') console.log(request.method, request.url)
  if (request.url === '/break') console.error(new Error('broke on purpose'))
  response.end(request.url === '/count' ? String(++count) : process.env.GREETING)
}).listen(3000)
process.on('SIGTERM', () => process.exit(0))
`

/** Source of the topology, `topology.ts`. */
export const topologySource = `import { defineTopology, http } from 'mesocosm'

export const topology = defineTopology({
  name: 'runner-contract',
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', ${JSON.stringify(server)}],
      ports: { http: 3000 },
      env: { GREETING: 'hello' },
      ready: http('/ready'),
    },
    broken: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', 'process.exit(3)'],
      ports: { http: 80 },
      ready: http('/'),
    },
  },
})
`

const get = (path: string) => `await (await fetch(api.http.url + '${path}')).text()`

const mustBe = (what: string, expected: string) =>
  `{ const found = ${what}; if (found !== '${expected}') throw new Error('expected ${expected}, found ' + found) }`

const changes: ContractTest = {
  suite: 'environment',
  title: 'is changed by a test',
  uses: ['api'],
  body: `await api.withEnv({ GREETING: 'ahoy' })\n${mustBe(get('/'), 'ahoy')}`,
}

const findsDeclared: ContractTest = {
  suite: 'environment',
  title: 'is as declared for the next test',
  uses: ['api', 'lane'],
  body: mustBe(get('/'), 'hello'),
}

const fails: ContractTest = {
  title: 'fails',
  uses: ['api'],
  body: `${get('/break')}
${get('/last-words')}
await api.logs.waitFor(/last-words/)
throw new Error('failed on purpose')`,
}

/** Tests after it find the lane usable. */
const cannotStart: ContractTest = { title: 'needs what cannot start', uses: ['broken'], body: '' }

const skipped: ContractTest = { title: 'is skipped', uses: ['api'], body: '', skip: true }

/** Its first attempt is marked on disk, because some runners try again in another process. */
const retried = (folder: string): ContractTest => ({
  title: 'passes when it is tried again',
  uses: ['api'],
  retries: 1,
  body: `const fs = await import('node:fs')
const count = ${get('/count')}
const mark = ${JSON.stringify(join(folder, 'tried'))}
if (!fs.existsSync(mark)) {
  fs.writeFileSync(mark, '')
  throw new Error('the first attempt fails')
}
fs.rmSync(mark)
if (count !== '1') throw new Error('the service is not fresh, it counts ' + count)`,
})

const greets = (title: string): ContractTest => ({
  title,
  uses: ['api'],
  body: mustBe(get('/'), 'hello'),
})

/** The test files of the first run. */
export const firstFiles = (folder: string): readonly ContractTestFile[] => [
  { name: 'a', tests: [changes, findsDeclared, fails, cannotStart, skipped, retried(folder)] },
  { name: 'b', tests: [greets('greets in b')] },
]

/** Those of the second run: one test was written above the others, and a file was added. */
export const editedFiles = (folder: string): readonly ContractTestFile[] => {
  const [a, ...rest] = firstFiles(folder)
  const edited = { name: 'a', tests: [greets('was added above'), ...(a?.tests ?? [])] }
  return [edited, ...rest, { name: 'c', tests: [greets('greets in c')] }]
}
