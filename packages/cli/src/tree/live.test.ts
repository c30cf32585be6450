import { expect, test } from 'vitest'
import { createLive, type LiveOutput } from './live.ts'

/** A minimal terminal: keeps the text that is on the screen after escape sequences and line breaks. */
const terminal = (columns = 40, rows = 10) => {
  let screen = ['']
  let row = 0
  let column = 0
  const output: LiveOutput & { writes: number } = {
    columns,
    rows,
    writes: 0,
    write(text: string) {
      output.writes++
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern matches control characters
      for (const [part, args, code] of text.matchAll(/\u001b\[([\d?]*)([A-Za-z])|[\s\S]/gu)) {
        if (code === 'A') row -= Number(args)
        else if (code === 'K') screen[row] = (screen[row] ?? '').slice(0, column)
        else if (code === 'J')
          screen = [...screen.slice(0, row), (screen[row] ?? '').slice(0, column)]
        else if (code !== undefined) continue
        else if (part === '\r') column = 0
        else if (part === '\n') {
          row++
          column = 0
          screen[row] ??= ''
        } else {
          const line = (screen[row] ?? '').padEnd(column)
          screen[row] = line.slice(0, column) + part + line.slice(column + 1)
          column++
        }
      }
    },
  }
  return { output, text: () => screen.join('\n') }
}

test('a frame replaces the previous one, also when it is shorter', () => {
  const { output, text } = terminal()
  const live = createLive(output)
  live.draw(['shop', '  api starting', '  web starting'])
  live.draw(['shop', '  api ready'])
  expect(text()).toBe('shop\n  api ready\n')
})

test('printed text goes above the frame', () => {
  const { output, text } = terminal()
  const live = createLive(output)
  live.draw(['frame one', 'of two lines'])
  live.print('a line\n')
  live.draw(['frame two'])
  expect(text()).toBe('a line\nframe two\n')
})

test('an unchanged frame is not written again', () => {
  const { output } = terminal()
  const live = createLive(output)
  live.draw(['shop'])
  const { writes } = output
  live.draw(['shop'])
  expect(output.writes).toBe(writes)
})

test('a frame higher than the terminal is cut', () => {
  const { output, text } = terminal(40, 4)
  const live = createLive(output)
  live.draw(['1', '2', '3', '4', '5'])
  expect(text()).toBe('1\n2\n  … 3 more\n')
})

test('the cursor is hidden while frames are drawn, and shown at the end', () => {
  const written: string[] = []
  const live = createLive({ write: (text) => written.push(text), columns: 40, rows: 10 })
  live.draw(['shop'])
  expect(written.join('')).toContain('\u001b[?25l')
  live.end(['done'])
  expect(written.join('')).toMatch(/\[\?25h$/)
})
