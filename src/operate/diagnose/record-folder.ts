import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../errors/unknown-error.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'

/** Checks that runs can write their record. */
export const recordFolder = (root: string): Diagnosis => {
  const folder = join(root, '.mesocosm')
  const name = 'record'
  try {
    accessSync(existsSync(folder) ? folder : root, constants.W_OK)
    return { name, status: 'ok', text: folder }
  } catch (error) {
    return {
      name,
      status: 'fail',
      text: `${folder} is not writable: ${messageOf(error)}`,
      remedy: `make ${root} writable for this user`,
    }
  }
}
