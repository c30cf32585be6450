import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { TraceNode } from 'mesocosm/trace'
import { startNode } from './lib/child.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/*
 * Tests in PHPUnit, pytest and a shell, in a container on the lane's network, as `docs/control-api.md` shows them.
 */

const image = 'mesocosm-test/any-language:trixie'
const repository = join(import.meta.dirname, '..')
const bin = join(repository, 'packages/cli/bin/mesocosm.js')

/** Runs a command in a container by `mesocosm run`; returns its end, its output and the record. */
const run = async ({ folder, env, runs }: Sandbox, ...argv: readonly string[]) => {
  cpSync(join(import.meta.dirname, 'any-language'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  try {
    symlinkSync(repository, join(folder, 'node_modules/mesocosm'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await using child = startNode(
    [bin, 'run', '--image', image, '--env', `MAIL_IMAGE=${image}`, '--', ...argv],
    { cwd: folder, env },
  )
  const { exitCode } = await child.ended
  const record = runs().at(-1) ?? ''
  return {
    exitCode,
    output: child.output,
    trace: loadTrace(join(folder, '.mesocosm/runs', record)),
  }
}

const titlesOf = (tests: readonly TraceNode[]) =>
  tests.map(({ name, status }) => `${name} ${status}`)

const callsOf = (node: TraceNode | undefined): string[] =>
  (node?.children ?? []).filter(({ kind }) => kind === 'call').map(({ name }) => name)

test('PHPUnit creates an admin, changes the environment, adds a mail server and reads logs', async ({
  sandbox,
}) => {
  const { exitCode, output, trace } = await run(
    sandbox,
    ...['phpunit', '--do-not-cache-result', 'phpunit/SignUpTest.php'],
  )
  expect(output).toMatch(/OK \(3 tests, \d+ assertions\)/)
  expect(exitCode).toBe(0)
  expect(trace.tests).toHaveLength(3)
  expect(trace.tests.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed'])
  const mail = trace.tests.find(({ name }) => name.includes('testSignUpSendsMail'))
  expect(callsOf(mail).join(', '), titlesOf(trace.tests).join()).toMatch(
    /reset.*add.*setEnv.*waitFor.*remove/,
  )
})

test('pytest does the same', async ({ sandbox }) => {
  const { exitCode, output, trace } = await run(
    sandbox,
    ...['python3', '-m', 'pytest', '-p', 'no:cacheprovider', 'pytest'],
  )
  expect(output).toContain('3 passed')
  expect(exitCode).toBe(0)
  expect(trace.tests.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed'])
})

test('a shell script does the same with curl', async ({ sandbox }) => {
  const { exitCode, output, trace } = await run(sandbox, 'curl/sign-up.sh')
  expect(exitCode, output).toBe(0)
  expect(trace.tests.map(({ status }) => status)).toEqual(['passed'])
})

test('a deep reset keeps the connection of the container that asked for it', async ({
  sandbox,
}) => {
  const ask = (method: string, path: string, body = '') =>
    `curl -sS -w ' %{http_code}\\n' -X ${method} "$MESOCOSM_URL${path}" -H "Authorization: Bearer $MESOCOSM_TOKEN" -H 'Content-Type: application/json' ${body}`
  const script = [
    'echo "$MESOCOSM_URL"',
    ask('POST', '/v1/lane/reset', `-d '{"level":"deep"}'`),
    ask('GET', '/v1/services/api'),
    ask('POST', '/v1/services', `-d '{"name":"mesocosm","image":"x"}'`),
    `curl -sS -w ' %{http_code}\\n' "$MESOCOSM_URL/v1/lane"`,
  ].join('\n')
  const { exitCode, output } = await run(sandbox, 'sh', '-c', script)
  expect(exitCode, output).toBe(0)
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  expect(lines[0]).toBe('http://mesocosm:8080')
  const statuses = lines.filter((line) => /^ \d{3}$/.test(line)).map(Number)
  expect(statuses, output).toEqual([200, 200, 409, 401])
})
