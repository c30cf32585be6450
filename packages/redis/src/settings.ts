/** A server setting as people write it: `true` is `yes`, `''` takes a default away, as in `save: ''`. */
export type Setting = string | number | boolean

/**
 * The text of a settings file: one line each, the later of two wins.
 *
 * @param settings values with spaces are several words of one setting, as in `save: '60 1'`.
 */
export const settingsFile = (settings: Readonly<Record<string, Setting>>): string =>
  `${Object.entries(settings)
    .map(([name, value]) => `${name} ${written(value)}`)
    .join('\n')}\n`

/** One word, whatever characters it has. */
export const quoted = (word: string): string =>
  `"${word.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`

// ---

const written = (value: Setting): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return value === '' ? '""' : String(value)
}
