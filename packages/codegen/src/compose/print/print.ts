import { type Code, type Entry, propertyKey } from './code.ts'

const width = 100

/**
 * Prints an expression as the formatter would: on one line if it fits, otherwise on several.
 *
 * @param indent indentation of the line where it starts.
 * @param before characters before it on that line.
 * @param after characters after it on its last line.
 */
export const print = (code: Code, indent = 0, before = indent, after = 0): string => {
  const line = flat(code)
  if (line !== undefined && before + line.length + after <= width) return line
  const end = ' '.repeat(indent)
  switch (code.kind) {
    case 'expression':
      return code.text
    case 'object':
      return code.entries.length === 0
        ? '{}'
        : `{\n${code.entries.map((entry) => printEntry(entry, indent + 2)).join('')}${end}}`
    case 'array':
      return code.items.length === 0
        ? '[]'
        : `[\n${code.items.map((item) => `${end}  ${print(item, indent + 2, indent + 2, 1)},\n`).join('')}${end}]`
    case 'call': {
      const others = code.args
        .slice(0, -1)
        .map((arg) => `${print(arg)}, `)
        .join('')
      const last = code.args.at(-1)
      if (last === undefined) return `${code.callee}()`
      if (last.kind === 'expression')
        return `${code.callee}(\n${code.args.map((arg) => `${end}  ${print(arg, indent + 2)},\n`).join('')}${end})`
      const start = `${code.callee}(${others}`
      return `${start}${print(last, indent, before + start.length, after + 1)})`
    }
  }
}

/** Prints a comment, wrapped and indented. */
export const comment = (text: string, indent: number): string => {
  const start = `${' '.repeat(indent)}// `
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1)
    if (last !== undefined && start.length + last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => `${start}${line}\n`).join('')
}

// ---

const printEntry = (entry: Entry, indent: number): string => {
  const start = ' '.repeat(indent)
  if ('spread' in entry) return `${start}...${print(entry.spread, indent, indent + 3, 1)},\n`
  const above = (entry.comments ?? []).map((text) => comment(text, indent)).join('')
  const key = `${start}${propertyKey(entry.key)}: `
  const value = print(entry.value, indent, key.length, 1)
  const moved =
    entry.value.kind === 'expression' &&
    entry.value.shape === 'next-line' &&
    key.length + value.length + 1 > width
  return `${above}${moved ? `${key.trimEnd()}\n${start}  ` : key}${value},\n`
}

/** Prints an expression on one line; `undefined` if it needs several. */
export const flat = (code: Code): string | undefined => {
  switch (code.kind) {
    case 'expression':
      return code.text
    case 'object': {
      if (code.entries.length === 0) return '{}'
      if (code.open) return undefined
      const entries = code.entries.map((entry) => {
        if ('spread' in entry) return prefixed('...', flat(entry.spread))
        if ((entry.comments ?? []).length > 0) return undefined
        return prefixed(`${propertyKey(entry.key)}: `, flat(entry.value))
      })
      return entries.includes(undefined) ? undefined : `{ ${entries.join(', ')} }`
    }
    case 'array': {
      const items = code.items.map(flat)
      return items.includes(undefined) ? undefined : `[${items.join(', ')}]`
    }
    case 'call': {
      const args = code.args.map(flat)
      return args.includes(undefined) ? undefined : `${code.callee}(${args.join(', ')})`
    }
  }
}

const prefixed = (start: string, text: string | undefined) =>
  text === undefined ? undefined : start + text
