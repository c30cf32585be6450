import type { Diagnosis } from '../../runtime/diagnosis.ts'

/** Oldest Node that runs TypeScript topology files. */
const oldest = [22, 22] as const

/** Checks that this Node can run topology files. */
export const nodeVersion = (version: string = process.versions.node): Diagnosis => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const recent = major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
  return {
    name: 'node',
    status: recent ? 'ok' : 'fail',
    text: version,
    ...(recent ? {} : { remedy: `install Node ${oldest.join('.')} or later` }),
  }
}
