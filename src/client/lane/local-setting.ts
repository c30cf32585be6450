/**
 * Reads `MESOCOSM_LOCAL`: names of services that run as processes of this machine, separated by commas; default none.
 * The supervisor knows which names there are.
 */
export const readLocalSetting = ({ MESOCOSM_LOCAL: text = '' }: NodeJS.ProcessEnv): string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
]
