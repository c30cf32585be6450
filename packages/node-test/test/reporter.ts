/**
 * Source of a reporter of node:test that writes what Node says of each test, as JSON: `file › suite › test` with
 * `passed`, `failed`, `skipped` or `todo`.
 */
export const reporterSource = `import { relative } from 'node:path'

export default async function* (source) {
  const said = {}
  const titles = []
  for await (const { type, data } of source) {
    if (type === 'test:start') titles[data.nesting] = data.name
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details.type === 'suite') continue
    const status = data.skip !== undefined ? 'skipped' : data.todo !== undefined ? 'todo' : type === 'test:pass' ? 'passed' : 'failed'
    const path = [...titles.slice(0, data.nesting), data.name]
    said[[relative(process.cwd(), data.file), ...path].join(' › ')] = status
  }
  yield JSON.stringify(said)
}
`
