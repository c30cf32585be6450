import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aroundAll } from 'vitest'
import { noLeaksIn, ownersIn } from './leaks.ts'

/*
 * Set-up of every end-to-end file: it gets a folder of temporary files of its own, and fails if anything of what it has
 * started there is left: processes, containers, networks, volumes, sockets, folders. Other files may run at the same time.
 */

/** Only ends what hangs. */
const timeoutMs = 240_000

// Short, because paths of sockets must be.
const temporary = mkdtempSync(join(tmpdir(), 'mc-'))
process.env.TMPDIR = temporary

aroundAll(async (runFile) => {
  await runFile()
  await noLeaksIn(temporary, ownersIn(temporary))
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
}, timeoutMs)
