import type { Finding } from './finding.ts'

/** First Node that runs topology files as they are. */
const oldest = [22, 22] as const

export const nodeVersion = (version: string = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const recent = major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
  return {
    name: 'node',
    status: recent ? 'ok' : 'fail',
    text: version,
    ...(recent ? {} : { remedy: `install Node ${oldest.join('.')} or later` }),
  }
}
