import { isAgent } from 'std-env'

/**
 * Returns whether a coding agent reads the output of this process: as `MESOCOSM_AGENT` says (`1` or `0`), else by the
 * variables that agents set.
 */
export const agentReads = ({ MESOCOSM_AGENT }: NodeJS.ProcessEnv): boolean => {
  if (MESOCOSM_AGENT === '1') return true
  return MESOCOSM_AGENT === '0' ? false : isAgent
}
