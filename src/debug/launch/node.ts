import { starterInCommand, starterScript } from './node-starters.ts'
import { argvOf, type DebugLaunch, envOf, type LaunchFacts, withEnv, withWords } from './program.ts'

/**
 * Starts the inspector by `NODE_OPTIONS`. All Node processes of the service inherit it, and the first one gets the
 * port. So if the program only starts another one, such as `npm start`, a module opens the inspector in the other one.
 */
export const launchNode = (facts: LaunchFacts): DebugLaunch => {
  const { port, break: stop = false } = facts
  const option = argvOf(facts).some((word) => starterInCommand.test(word))
    ? `--import=data:text/javascript,${encodeURIComponent(openInspector(port, stop))}`
    : `--inspect${stop ? '-brk' : ''}=127.0.0.1:${port}`
  return withEnv(facts, { NODE_OPTIONS: withWords(envOf(facts, 'NODE_OPTIONS'), option) })
}

// ---

/** Opens the inspector unless the process is one that starts others, or another one has the port. */
const openInspector = (port: number, stop: boolean): string =>
  [
    "import inspector from 'node:inspector'",
    `const script = process.argv[1] ?? ''`,
    `const isWatcher = process.execArgv.some((option) => /^--watch/.test(option))`,
    `if (script && !isWatcher && !new RegExp(${JSON.stringify(starterScript)}).test(script)) {`,
    `  try { inspector.open(${port}, '127.0.0.1', ${stop}) }`,
    '  catch (error) { console.error(error.message) }',
    '}',
  ].join('\n')
