/**
 * Returns source files of a service, by path. Few of them read variables, as in real projects: in one with 200 files
 * and 44 000 lines it was six.
 */
export const sourceFiles = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `api/src/part-${index % 20}/file-${index}.ts`,
      sourceText(index),
    ]),
  )

/** A topology with a service that has these files. */
export const sourcedTopology = `import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'sourced',
  services: { api: { build: './api', ports: { http: 3000 } } },
})
`

// ---

/** About seven kilobytes of code, the average size of a file in that project. */
const sourceText = (index: number): string => {
  const reads =
    index % 34 === 0
      ? `const { READ_${index} } = process.env\nexport const read${index} = READ_${index} ?? process.env.ALSO_${index}\n`
      : ''
  const functions = Array.from(
    { length: 21 },
    (_, n) => `
export const work${index}x${n} = (items: readonly Item[], limit = ${n}): readonly string[] => {
  const seen = new Map<string, number>()
  for (const { name, count } of items) seen.set(name, (seen.get(name) ?? 0) + count)
  return [...seen].filter(([, count]) => count > limit).map(([name]) => \`\${name}-${n}\`)
}
`,
  )
  return `interface Item { readonly name: string; readonly count: number }\n${reads}${functions.join('')}`
}
