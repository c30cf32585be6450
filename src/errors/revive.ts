import { ExecError, type ExecFacts } from './exec-error.ts'
import { type ErrorJson, MesocosmError } from './mesocosm-error.ts'

/** Recreates an error that another process sent as JSON. */
export const reviveError = (json: ErrorJson): MesocosmError => {
  const { cause, name, ...rest } = json
  const options = { ...rest, ...(cause === undefined ? {} : { cause: new Error(cause) }) }
  if (name !== 'ExecError') return new MesocosmError(options)
  const facts = json.facts as unknown as Partial<ExecFacts>
  return new ExecError({
    ...options,
    exec: {
      argv: facts.argv ?? [],
      exitCode: facts.exitCode,
      stdout: facts.stdout ?? '',
      stderr: facts.stderr ?? '',
    },
  })
}
