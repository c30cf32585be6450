import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gitCommit } from './git-commit.ts'

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'mesocosm-git-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const repository = () => {
  const path = folder()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: path,
      stdio: 'pipe',
    }).toString()
  git('init', '--initial-branch', 'trunk')
  writeFileSync(join(path, 'a'), 'one')
  return { path, git }
}

test('the commit of a folder has its branch, and whether files differ from it', async () => {
  const { path, git } = repository()
  expect(await gitCommit(path)).toBe(undefined)
  git('add', 'a')
  git('commit', '-m', 'one')
  const commit = git('rev-parse', 'HEAD').trim()
  expect(await gitCommit(path)).toEqual({ commit, branch: 'trunk', changed: false })
  writeFileSync(join(path, 'unknown to git'), '')
  expect(await gitCommit(path)).toMatchObject({ changed: false })
  appendFileSync(join(path, 'a'), 'two')
  git('checkout', '--detach')
  expect(await gitCommit(path)).toEqual({ commit, changed: true })
})

test('a folder that is in no repository has no commit', async () => {
  expect(await gitCommit(folder())).toBe(undefined)
  expect(await gitCommit(join(folder(), 'missing'))).toBe(undefined)
})
