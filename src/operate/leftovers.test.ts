import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownIdentity, writeIdentity } from '../supervisor/owner-identity.ts'
import { deadFolders } from './leftovers.ts'

let runs = ''
beforeAll(() => {
  runs = mkdtempSync(join(tmpdir(), 'mesocosm-leftovers-'))
})
afterAll(() => rmSync(runs, { recursive: true }))

const alive = writeIdentity(ownIdentity())
const dead = writeIdentity({ ...ownIdentity(), pid: spawnSync(process.execPath, ['-e', '0']).pid })
const elsewhere = writeIdentity({ ...ownIdentity(), host: 'another', pid: 1 })

const folder = (name: string, files: Readonly<Record<string, string>> = {}): string => {
  const path = join(runs, name)
  mkdirSync(path)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  return path
}

test('deadFolders returns run directories whose owners are all dead, and old ones without an owner', async () => {
  folder('living', { owner: alive, 'owner.1': alive })
  folder('followed', { owner: dead, 'owner.1': dead, 'owner.2': alive })
  folder('elsewhere', { owner: elsewhere })
  folder('starting')
  const died = folder('died', { owner: dead, 'owner.1': dead })
  const abandoned = folder('abandoned')
  utimesSync(abandoned, 0, 0)
  expect((await deadFolders(runs)).sort()).toEqual([abandoned, died])
})
