import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './finding.ts'

/** Whether a run can write its record. */
export const recordFolder = (root: string): Finding => {
  const folder = join(root, '.mesocosm')
  const name = 'record'
  try {
    accessSync(existsSync(folder) ? folder : root, constants.W_OK)
    return { name, status: 'ok', text: folder }
  } catch (error) {
    return {
      name,
      status: 'fail',
      text: `${folder} cannot be written: ${(error as Error).message}`,
      remedy: `give yourself the right to write in ${root}`,
    }
  }
}
