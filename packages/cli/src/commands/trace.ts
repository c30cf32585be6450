import { didYouMean } from 'mesocosm/operate'
import { defineCommand, UsageError } from '../command.ts'
import { exportTrace } from '../trace/export.ts'
import { listRuns } from '../trace/list.ts'
import { merge } from '../trace/merge.ts'
import { open } from '../trace/open.ts'
import { show } from '../trace/show.ts'

export const command = defineCommand({
  summary: 'Show what tests did: as text, as a page, for other tools',
  usage: '[show [test] | list | open [run] | export | merge <folder>...] [options]',
  description: [
    'show: prints what a test did as markdown: error, timeline, commands, states, log lines. Without a test, lists the tests of the run. The default.',
    'list: lists the recorded runs of the project, the newest first.',
    'open: opens the report of a run, and prints its address; that of a running one follows it until it ends.',
    'export: writes the run to a file: OTLP as JSON for tracing tools, or the format of Perfetto and Chrome.',
    'merge: joins the folders of several runs, such as those of shards, to a new run with one report.',
    'A test is named by its id, a part of its title, its file or <file>:<line>; a run by its id, the beginning of it or its folder.',
  ],
  optionHelp: {
    '--run <run>': 'run to read (default: the newest)',
    '--failed': 'show: only failed tests; without a test, prints what each of them did',
    '--md': 'show: print markdown, as without it; for scripts that say what they need',
    '--lines <n>': 'show: about how many lines are printed per test (default: 200)',
    '--otlp <file>': 'export: file to write, or - for the output',
    '--perfetto <file>': 'export: file to write, or - for the output',
    '--no-browser': 'open: only print the address',
    '--json': 'print JSON; its shapes are in docs/json.md',
  },
  options: {
    run: { type: 'string' },
    failed: { type: 'boolean' },
    md: { type: 'boolean' },
    lines: { type: 'string' },
    otlp: { type: 'string' },
    perfetto: { type: 'string' },
    'no-browser': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const [action = 'show', ...others] = positionals
    const { md = false, json = false } = values
    if (md && json) throw new UsageError('--md and --json cannot be combined')
    const misplaced = Object.entries(belongsTo).find(
      ([option, owner]) => Object.hasOwn(values, option) && owner !== action,
    )
    if (misplaced !== undefined)
      throw new UsageError(`--${misplaced[0]} belongs to \`trace ${misplaced[1]}\``)
    switch (action) {
      case 'show':
        return show(others, values, io)
      case 'list':
        return listRuns(others, values, io)
      case 'open':
        return open(others, values, io)
      case 'export':
        return exportTrace(others, values, io)
      case 'merge':
        return merge(others, values, io)
      default:
        throw new UsageError(`unknown action "${action}"${didYouMean(action, actions)}`)
    }
  },
})

// ---

const actions = ['show', 'list', 'open', 'export', 'merge']

/** Options that only one action has. */
const belongsTo = {
  failed: 'show',
  md: 'show',
  lines: 'show',
  otlp: 'export',
  perfetto: 'export',
  'no-browser': 'open',
} as const
