import { isMesocosmError } from 'mesocosm'
import { findProject, topologyOf } from 'mesocosm/operate'
import { generate } from '../topology/generate.ts'
import type { Answer, Failure, RegenerateOptions } from './regenerate.ts'

/*
 * The child process of `regenerate`: generates once, sends the result to its parent, exits.
 */

const failureOf = (error: unknown): Failure =>
  isMesocosmError(error)
    ? {
        code: error.code,
        message: error.summary,
        details: error.details,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      }
    : {
        code: 'TOPOLOGY_INVALID',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }

const answer = async (options: RegenerateOptions): Promise<Answer> => {
  try {
    const project = await findProject(options)
    const topology = topologyOf(project)
    return {
      generated: await generate(topology, { ...options, file: project.file ?? topology.root }),
    }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

// The parent is gone, so the result has no receiver.
process.once('disconnect', () => process.exit())

const result = await answer(JSON.parse(process.argv[2] ?? '{}') as RegenerateOptions)
// Exits explicitly: the topology file may have started something that keeps the process alive.
process.send?.(result, () => process.exit())
