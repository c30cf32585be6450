// Runs the tests of ceph/s3-tests against the server, and compares the failures with those that the page
// `docs/s3-tests.md` explains: `node packages/s3-mock/scripts/s3-tests.ts <checkout> [arguments of pytest]`.
// Needs python3 with pytest, boto3, requests, munch, isodate, pytz and PyYAML.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { accountsOf } from '../src/server/access/account.ts'
import { startS3Server } from '../src/server/server.ts'
import { readSettings } from '../src/server/settings.ts'

const [checkout, ...pytestArguments] = process.argv.slice(2)
if (checkout === undefined)
  throw new Error('usage: s3-tests.ts <checkout of ceph/s3-tests> [arguments of pytest]')

/** What S3 does not have, or this server refuses by name. */
const leftOut = [
  ...['bucket_logging', 'bucket_logging_cleanup', 'storage_class', 'iam_user', 'iam_account'],
  ...['lifecycle', 'lifecycle_expiration', 'lifecycle_transition'],
  ...['cloud_transition', 'cloud_restore', 'fails_on_aws'],
]
const accounts = ['alt', 'tenant', 'iam', 'iam-root', 'iam-alt-root']

const work = mkdtempSync(join(tmpdir(), 's3-tests-'))
const report = join(work, 'report.xml')
const settings = {
  ...readSettings({}),
  port: 0,
  data: join(work, 'data'),
  accessKeyId: 'main',
  accounts,
}

const configOf = (port: number): string => {
  const all = accountsOf(settings.accessKeyId, accounts)
  const user = (section: string, name: string): string[] => {
    const account = all.find(({ accessKeyId }) => accessKeyId === name)
    if (account === undefined) throw new Error(`no account has the access key ${name}`)
    return [
      `[${section}]`,
      `access_key = ${account.accessKeyId}`,
      `secret_key = ${settings.secretAccessKey}`,
      `display_name = ${account.displayName}`,
      `user_id = ${account.id}`,
      `email = ${account.email}`,
    ]
  }
  return [
    ...['[DEFAULT]', 'host = 127.0.0.1', `port = ${port}`, 'is_secure = False'],
    ...['[fixtures]', 'bucket prefix = s3tests-{random}-'],
    ...[...user('s3 main', 'main'), 'api_name = eu-west-1', 'kms_keyid = 01234567-89ab-cdef'],
    ...user('s3 alt', 'main-alt'),
    ...[...user('s3 tenant', 'main-tenant'), 'tenant = tenant'],
    ...user('iam', 'main-iam'),
    ...user('iam root', 'main-iam-root'),
    ...user('iam alt root', 'main-iam-alt-root'),
  ].join('\n')
}

const runPytest = async (): Promise<void> => {
  const files = ['test_s3.py', 'test_headers.py'].map((name) => `s3tests/functional/${name}`)
  const python = spawn(
    'python3',
    [
      ...['-m', 'pytest', '-q', '--tb=short', '-p', 'no:cacheprovider', `--junitxml=${report}`],
      ...['-m', leftOut.map((mark) => `not ${mark}`).join(' and '), ...files, ...pytestArguments],
    ],
    {
      cwd: checkout,
      env: { ...process.env, S3TEST_CONF: join(work, 's3tests.conf') },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  await new Promise((resolve, reject) => python.once('error', reject).once('close', resolve))
}

interface Case {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
}

const readReport = (): Case[] => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    processEntities: false,
    isArray: (name) => name === 'testcase',
  })
  const { testsuites } = parser.parse(readFileSync(report, 'utf8'))
  const cases: readonly Record<string, unknown>[] = testsuites.testsuite.testcase ?? []
  const worst = new Map<string, Case['result']>()
  for (const one of cases) {
    const name = String(one.name)
    const result =
      'failure' in one || 'error' in one ? 'failed' : 'skipped' in one ? 'skipped' : 'passed'
    // A failing teardown is another entry of the same test.
    if (worst.get(name) !== 'failed') worst.set(name, result)
  }
  return [...worst].map(([name, result]) => ({ name, result }))
}

/** Returns the tests that the page names: `` | `test_name` | reason | ``. */
const explained = (): ReadonlySet<string> => {
  const page = readFileSync(join(import.meta.dirname, '../docs/s3-tests.md'), 'utf8')
  return new Set([...page.matchAll(/`(test_[^`]+)`/g)].map(([, name]) => name as string))
}

try {
  await using server = await startS3Server(settings, {
    host: '127.0.0.1',
    log: (line) => void process.stderr.write(`${line}\n`),
  })
  writeFileSync(join(work, 's3tests.conf'), configOf(server.port))
  await runPytest()
  const cases = readReport()
  const known = explained()
  const of = (wanted: Case['result']) =>
    cases.filter(({ result }) => result === wanted).map(({ name }) => name)
  const unexplained = of('failed').filter((name) => !known.has(name))
  const mended = of('passed').filter((name) => known.has(name))
  const lines = [
    `${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`,
    ...unexplained.map((name) => `fails without an explanation: ${name}`),
    ...mended.map((name) => `passes, but docs/s3-tests.md has it as failing: ${name}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exitCode = unexplained.length + mended.length === 0 ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
