import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellCommand } from './shell.ts'

test.skipIf(process.platform === 'win32')('a shell reads the same arguments again', () => {
  const argv = ['a', '', 'two words', "it's", '$HOME', '*', '"', '\\', '--name=x y', 'line\nfeed']
  const script = `${shellCommand([process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...argv])}`
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
  expect(JSON.parse(read)).toEqual(argv)
})
