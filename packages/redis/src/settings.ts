/** Value of a server setting: `true` is `yes`, `''` unsets a default, as in `save: ''`. */
export type RedisSetting = string | number | boolean

/** Server settings by name; an array is a setting that is given several times. */
export type RedisSettings = Readonly<Record<string, RedisSetting | readonly RedisSetting[]>>

/**
 * Returns the content of a settings file, one line per setting.
 *
 * @param settings a value with spaces is several words of one setting, as in `save: '60 1'`.
 */
export const settingsFile = (settings: RedisSettings): string =>
  `${Object.entries(settings)
    .flatMap(([name, values]) => [values].flat().map((value) => `${name} ${written(value)}`))
    .join('\n')}\n`

/** Returns a value of one word, whatever characters it has. */
export const quoted = (word: string): string =>
  `"${word.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`

// ---

const written = (value: RedisSetting): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value === '' ? '""' : String(value)
}
