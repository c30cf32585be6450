import type { InfoJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'

/** Returns the time on the engine's host, milliseconds since 1970; `NaN` if the engine does not say it. */
export const engineTime = async (api: EngineApi): Promise<number> => {
  try {
    const { SystemTime: time = '' } = await api.json<InfoJson>('GET', '/info')
    return Date.parse(time)
  } catch (error) {
    throw engineError(error, 'the clock of the engine could not be read')
  }
}
