import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { MesocosmError } from '../../src/errors/mesocosm-error.ts'
import { label } from '../../src/runtime/labels.ts'
import { engineProgress } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'
import { standIns } from './content-hash.ts'
import type { ImageRow } from './table.ts'

/**
 * Builds a stand-in with the engine's classic builder, which every engine has.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with the build's last lines.
 */
export const buildStandIn = async (
  endpoint: Endpoint,
  row: ImageRow,
  hash: string,
): Promise<void> => {
  const context = await mkdtemp(join(tmpdir(), 'mesocosm-build-'))
  const output: string[] = []
  try {
    await cp(join(standIns, row.folder ?? ''), context, { recursive: true })
    for (const [name, from] of Object.entries(row.extra?.() ?? {}))
      await cp(from, join(context, name), { recursive: true, dereference: true })
    const tar = spawn(
      'tar',
      ['--numeric-owner', '--owner=0', '--group=0', '-C', context, '-c', '.'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    await engineProgress(
      endpoint,
      {
        method: 'POST',
        path: '/build',
        query: {
          t: row.name,
          rm: '1',
          forcerm: '1',
          labels: JSON.stringify({ [label.contentHash]: hash }),
        },
        body: tar.stdout,
      },
      (line) => output.push(...plainLines(line.stream ?? '')),
    )
  } catch (error) {
    throw new MesocosmError({
      code: 'BUILD_FAILED',
      message: `the stand-in for ${row.name} could not be built`,
      facts: { image: row.name },
      lastLogs: output.slice(-20),
      remedy: `look at scripts/images/stand-ins/${row.folder}/Dockerfile, or pull ${row.name} by hand`,
      cause: error,
    })
  } finally {
    await rm(context, { recursive: true, force: true })
  }
}

// ---

/** The builder colors what a step writes to stderr. */
const plainLines = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
