/**
 * Files of a service, by path. In what people write, few of them read variables: in 200 files with 44 000
 * lines of one project it was six.
 */
export const sourceFiles = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `api/src/part-${index % 20}/file-${index}.ts`,
      sourceText(index),
    ]),
  )

export const sourcedTopology = `import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'sourced',
  services: { api: { build: './api', ports: { http: 3000 } } },
})
`

// ---

/** Some seven kilobytes of code, what those files had on average. */
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
