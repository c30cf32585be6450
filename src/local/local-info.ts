import { availableParallelism, hostname, totalmem } from 'node:os'
import type { Diagnosis } from '../runtime/diagnosis.ts'
import type { EngineInfo } from '../runtime/engine-info.ts'
import { findProgram } from './find-program.ts'
import type { LocalFolder } from './local-folder.ts'

/** Address of the local runtime, for people. */
export const localEndpoint = 'processes of this machine'

/** Returns facts about this machine in the place of those of an engine. */
export const localInfo = (foundBy: string): EngineInfo => ({
  name: hostname(),
  version: process.versions.node,
  apiVersion: process.version,
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  cpus: availableParallelism(),
  memoryBytes: totalmem(),
  endpoint: localEndpoint,
  foundBy,
  host: '127.0.0.1',
  directRoute: false,
  processes: true,
})

/** Checks this machine for what local programs need. */
export const diagnoseMachine = (foundBy: string, folder: LocalFolder): readonly Diagnosis[] => [
  { name: 'engine', status: 'ok', text: `${localEndpoint}, chosen by ${foundBy}` },
  { name: 'folder', status: 'ok', text: `programs are noted in ${folder.root}` },
  limits(),
]

// ---

const limits = (): Diagnosis => {
  const path = process.env.PATH
  const env = path === undefined ? {} : { PATH: path }
  return findProgram('prlimit', { cwd: '/', env }) === undefined
    ? {
        name: 'limits',
        status: 'warn',
        text: 'no limit of a service has an effect: prlimit is missing, and memory and CPUs need containers',
        remedy: 'install util-linux, or use a container engine for services that need limits',
      }
    : {
        name: 'limits',
        status: 'ok',
        text: 'ulimits of services are set by prlimit; memory and CPUs are not limited',
      }
}
