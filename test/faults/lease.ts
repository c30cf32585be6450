import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, isMesocosmError, lease, type MesocosmError } from 'mesocosm'
import type { Sandbox } from '../lib/sandbox.ts'

/** Leases these services, which types need not allow, and returns the error. */
export const faultOf = async ({ folder }: Sandbox, services: object): Promise<MesocosmError> => {
  let lane: AsyncDisposable
  try {
    lane = await lease(
      defineTopology({ name: 'faults', root: folder, services: services as never }),
    )
  } catch (error) {
    if (isMesocosmError(error)) return error
    throw error
  }
  await lane[Symbol.asyncDispose]()
  throw new Error('the lease should have failed')
}

/** Creates a folder with these files in the project; returns its path relative to the topology. */
export const writeFolder = (
  { folder }: Sandbox,
  name: string,
  files: Readonly<Record<string, string>>,
): string => {
  mkdirSync(join(folder, name), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text)
  return `./${name}`
}
