/** Returns the files of a folder that Compose reads by default, the override last; empty if there are none. */
export const composeFilesIn = (names: readonly string[]): string[] => {
  const base = baseNames.find((name) => names.includes(name))
  const override = overrideNames.find((name) => names.includes(name))
  return base === undefined ? [] : [base, ...(override === undefined ? [] : [override])]
}

// ---

const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]
