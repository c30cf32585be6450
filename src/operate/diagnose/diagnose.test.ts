import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeVersion } from './node-version.ts'
import { runsFolderState } from './runs-folder.ts'

test('nodeVersion fails for a Node that cannot run topology files', () => {
  expect(nodeVersion('22.21.9').status).toBe('fail')
  expect(nodeVersion('22.22.0').status).toBe('ok')
  expect(nodeVersion('24.0.0').status).toBe('ok')
})

test('runsFolderState warns about a runs folder that other users can read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-folder-'))
  try {
    expect(runsFolderState('/p', folder).status).toBe('ok')
    chmodSync(folder, 0o755)
    expect(runsFolderState('/p', folder)).toMatchObject({
      status: 'warn',
      text: expect.stringContaining('mode 755'),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.skipIf(process.platform === 'win32')(
  'runsFolderState fails for a runs folder that clients refuse, with what they say',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesocosm-folder-'))
    try {
      const open = join(folder, 'open')
      const link = join(folder, 'link')
      const long = join(folder, 'x'.repeat(100))
      mkdirSync(open)
      chmodSync(open, 0o770)
      symlinkSync(folder, link)
      for (const [path, text] of [
        [open, 'mode 770'],
        [link, 'symbolic link'],
        [long, 'path of a socket'],
      ] as const)
        expect(runsFolderState('/p', path)).toMatchObject({
          status: 'fail',
          text: expect.stringMatching(`${path}.*${text}`),
          remedy: expect.any(String),
        })
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
