import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gitBranchOf } from './git-branch.ts'

const checkout = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-git-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const repository = join(folder, 'main')
  mkdirSync(join(repository, 'packages/api'), { recursive: true })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: repository,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  git('init', '-q', '-b', 'trunk')
  git('commit', '-q', '--allow-empty', '-m', 'first')
  return { folder, repository, git }
}

test('the branch of a checkout is known in all of its folders', () => {
  const { repository } = checkout()
  expect(gitBranchOf(join(repository, 'packages/api'))).toBe('trunk')
})

test('a worktree has a branch of its own', () => {
  const { folder, repository, git } = checkout()
  git('worktree', 'add', '-q', '-b', 'feature/pay', join(folder, 'other'))
  expect(gitBranchOf(join(folder, 'other'))).toBe('feature/pay')
  expect(gitBranchOf(repository)).toBe('trunk')
})

test('without a branch it is the start of the commit, and outside of checkouts nothing', () => {
  const { folder, repository, git } = checkout()
  git('checkout', '-q', '--detach')
  expect(gitBranchOf(repository)).toBe(git('rev-parse', 'HEAD').slice(0, 12))
  expect(gitBranchOf(folder)).toBeUndefined()
  expect(gitBranchOf(join(folder, 'missing'))).toBeUndefined()
})
