import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RunDir } from '../protocol/run-dir.ts'
import { elect, stepAside } from './election.ts'
import { ownIdentity, writeIdentity } from './owner-identity.ts'

const newPlace = (): RunDir => {
  const base = mkdtempSync(join(tmpdir(), 'mesocosm-election-'))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const folder = join(base, 'run')
  mkdirSync(folder)
  const at = (name: string) => join(folder, name)
  return {
    name: 'run',
    folder,
    socket: at('s'),
    token: at('token'),
    starting: at('starting'),
    owner: at('owner'),
    log: at('supervisor.log'),
  }
}

const me = writeIdentity(ownIdentity())
const dead = writeIdentity({ ...ownIdentity(), boot: 'before' })
const owner = (runDir: RunDir) => readFileSync(runDir.owner, 'utf8')

test('the first process is elected, and no other while it lives', () => {
  const runDir = newPlace()
  expect(elect(runDir)).toBe(true)
  expect(owner(runDir)).toBe(me)
  expect(elect(runDir)).toBe(false)
})

test('a dead owner is replaced by exactly one process', () => {
  const runDir = newPlace()
  writeFileSync(`${runDir.owner}.1`, dead)
  writeFileSync(`${runDir.owner}.2`, dead)
  writeFileSync(runDir.owner, dead)
  expect(elect(runDir)).toBe(true)
  expect(owner(runDir)).toBe(me)
  expect(elect(runDir)).toBe(false)
})

test('a process that saw a dead owner does not replace its living successor', () => {
  const runDir = newPlace()
  writeFileSync(`${runDir.owner}.1`, dead)
  // Another one was quicker between look and move.
  writeFileSync(`${runDir.owner}.2`, me)
  expect(elect(runDir)).toBe(false)
  expect(readFileSync(`${runDir.owner}.2`, 'utf8')).toBe(me)
})

test('an owner on another host is not known to be dead', () => {
  const runDir = newPlace()
  writeFileSync(`${runDir.owner}.1`, writeIdentity({ ...ownIdentity(), host: 'elsewhere' }))
  expect(elect(runDir)).toBe(false)
})

test('an owner file that cannot be read counts as dead', () => {
  const runDir = newPlace()
  writeFileSync(`${runDir.owner}.1`, '')
  expect(elect(runDir)).toBe(true)
})

test('an election leaves only terms and the owner file', () => {
  const runDir = newPlace()
  elect(runDir)
  elect(runDir)
  expect(readdirSync(runDir.folder).sort()).toEqual(['owner', 'owner.1'])
})

test('no process is elected in a directory that is moved away meanwhile', () => {
  const runDir = newPlace()
  rmSync(runDir.folder, { recursive: true })
  expect(elect(runDir)).toBe(false)
})

test('stepping aside makes room at once and keeps the log', () => {
  const runDir = newPlace()
  elect(runDir)
  writeFileSync(runDir.log, 'so far')
  const former = stepAside(runDir)
  expect(readFileSync(join(former, 'supervisor.log'), 'utf8')).toBe('so far')
  mkdirSync(runDir.folder)
  expect(elect(runDir)).toBe(true)
})

test('stepping aside is a no-op if the directory is missing', () => {
  const runDir = newPlace()
  rmSync(runDir.folder, { recursive: true })
  expect(stepAside(runDir)).toBe(runDir.folder)
})

test('one of several concurrent processes is elected after a dead owner', async () => {
  const runDir = newPlace()
  writeFileSync(`${runDir.owner}.1`, dead)
  const module = new URL('./election.ts', import.meta.url).href
  // Each reports its vote and stays: a winner that has exited would count as dead.
  const script = `
    const { elect } = await import(${JSON.stringify(module)})
    process.stdout.write(String(elect(${JSON.stringify(runDir)})))
    process.stdin.resume()`
  const candidates = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const votes = candidates.map(
    ({ stdout }) => new Promise<string>((resolve) => stdout.once('data', (it) => resolve(`${it}`))),
  )
  const answers = await Promise.all(votes)
  for (const { stdin } of candidates) stdin.end()
  expect(answers.filter((vote) => vote === 'true')).toHaveLength(1)
})
