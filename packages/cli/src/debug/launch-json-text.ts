import { applyEdits, findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import type { LaunchConfiguration } from 'mesocosm/operate'
import { formatOf, insertion, replacement } from './json-insert.ts'

/** Why the text of a `launch.json` cannot be changed. */
export interface LaunchJsonFault {
  readonly fault: string
}

/**
 * Returns the text of a `launch.json` with these configurations: each in the place of the one of the same name, new
 * ones at the end. Comments, formatting and all other entries stay.
 *
 * @param text content of the file; empty if there is none.
 */
export const withConfigurations = (
  text: string,
  configurations: readonly LaunchConfiguration[],
): string | LaunchJsonFault => {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const document = text.slice(bom.length)
  const before = document.trim() === '' ? emptyFile : document
  const fault = faultOf(before)
  return fault === undefined ? bom + configurations.reduce(withConfiguration, before) : { fault }
}

// ---

const emptyFile = '{\n  "version": "0.2.0",\n  "configurations": []\n}\n'

const withConfiguration = (text: string, configuration: LaunchConfiguration): string => {
  const root = treeOf(text)
  const format = formatOf(text)
  if (root === undefined) return text
  const array = findNodeAtLocation(root, ['configurations'])
  if (array === undefined)
    return applyEdits(text, [...insertion(text, root, [configuration], format, 'configurations')])
  const same = array.children?.find((entry) => nameOf(entry) === configuration.name)
  if (same === undefined)
    return applyEdits(text, [...insertion(text, array, configuration, format)])
  return applyEdits(text, [replacement(text, same, configuration, format)])
}

const treeOf = (text: string, errors: ParseError[] = []): Node | undefined =>
  parseTree(text, errors, { allowTrailingComma: true, disallowComments: false })

const nameOf = (entry: Node): unknown =>
  entry.type === 'object' ? findNodeAtLocation(entry, ['name'])?.value : undefined

const faultOf = (text: string): string | undefined => {
  const errors: ParseError[] = []
  const root = treeOf(text, errors)
  const [first] = errors
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length
    return `is not JSON with comments: line ${line}`
  }
  if (root?.type !== 'object') return 'is not an object'
  const { type = 'array' } = findNodeAtLocation(root, ['configurations']) ?? {}
  return type === 'array' ? undefined : 'has configurations that are not an array'
}
