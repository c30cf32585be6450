import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { guide } from '../agents/guide.ts'
import { withSection } from '../agents/section.ts'
import { defineCommand, UsageError } from '../command.ts'
import { exactly } from '../parse.ts'

export const command = defineCommand({
  summary: 'Print a short guide for coding agents, or write it into a file',
  usage: '[options]',
  description: [
    'With --write, puts the guide into a section of the file, between two comments; all other text stays as it is.',
  ],
  optionHelp: {
    '--write <file>': 'file to write, such as AGENTS.md; it is created if it is missing',
    '--check': 'with --write: write nothing; exit with 1 if the section is out of date',
    '--json': 'print { text, file?, written } as JSON',
  },
  options: {
    write: { type: 'string' },
    check: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const { write, check = false, json = false } = values
    const print = (value: unknown) => io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
    if (write === undefined) {
      if (check) throw new UsageError('--check needs --write <file>')
      if (json) print({ text: guide(), written: false })
      else io.stdout.write(guide())
      return 0
    }
    const file = resolve(io.cwd, write)
    const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
    // Below the title that the file has, or should get.
    const text = withSection(before, guide(2), relative(io.cwd, file))
    const isStale = text !== before
    if (isStale && !check) writeFileSync(file, text)
    if (json) print({ text: guide(2), file, written: isStale && !check })
    else {
      const state = !isStale
        ? 'is up to date'
        : check
          ? 'is out of date; run `mesocosm agents --write`'
          : 'written'
      io[isStale && check ? 'stderr' : 'stdout'].write(`${relative(io.cwd, file)} ${state}\n`)
    }
    return isStale && check ? 1 : 0
  },
})
