import { isMesocosmError } from 'mesocosm'
import { findProject, topologyOf } from 'mesocosm/operate'
import { generate } from '../topology/generate.ts'
import type { Answer, Failure, RegenerateOptions } from './regenerate.ts'

/*
 * The process of `regenerate`: generates once, tells its parent, ends.
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

// Nobody is left who would hear of it.
process.once('disconnect', () => process.exit())

const told = await answer(JSON.parse(process.argv[2] ?? '{}') as RegenerateOptions)
// Something that the topology file started may be alive still.
process.send?.(told, () => process.exit())
