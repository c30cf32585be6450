/** The files that Compose takes by default among those of a folder, the override last; none when there is no project. */
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
