import type { Command } from './command.ts'

/** What `mesocosm --help` prints. */
export const overview = (commands: ReadonlyMap<string, Command>): string => {
  const width = Math.max(...[...commands.keys()].map((name) => name.length))
  return [
    'mesocosm <command> [options]',
    '',
    ...[...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    ...commonHelp,
    '',
    'mesocosm <command> --help tells more; --version tells this one. Exit codes: 0 done, 1 failed, 2 wrong usage.',
    '',
  ].join('\n')
}

/** What `mesocosm <command> --help` prints. */
export const helpOf = (name: string, { usage, summary, help }: Command): string =>
  [
    `mesocosm ${name} ${usage}`.trimEnd(),
    '',
    summary,
    ...(help.length > 0 ? ['', ...help] : []),
    '',
    ...commonHelp,
    '',
  ].join('\n')

// ---

const commonHelp = [
  '  --topology <file>  default topology.ts, then mesocosm.config.ts, here or in a folder above',
  '  --verbose          stacks of errors and of what caused them',
]
