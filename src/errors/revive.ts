import { ExecError, type ExecFacts } from './exec-error.ts'
import { type ErrorJson, MesocosmError } from './mesocosm-error.ts'

/** Makes an error of this process out of one that crossed a process border. */
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
