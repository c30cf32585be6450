import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { isTraceMode, type TraceMode } from '../../model/trace-mode.ts'

/**
 * Returns what is kept of the run: `MESOCOSM_TRACE`, which comes before the option, so that one run can differ.
 *
 * @param option as the tests declare it.
 * @returns `undefined` if neither says it: `on`, unless other clients of the run say it.
 * @throws {MesocosmError} `ARGUMENT_INVALID` if the variable is not a mode.
 */
export const readTraceMode = (
  env: NodeJS.ProcessEnv,
  option?: TraceMode,
): TraceMode | undefined => {
  const { MESOCOSM_TRACE: text = '' } = env
  if (text === '') return option
  if (isTraceMode(text)) return text
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `MESOCOSM_TRACE must be "on", "retain-on-failure" or "off", not ${JSON.stringify(text)}`,
    remedy: 'correct or unset it',
  })
}
