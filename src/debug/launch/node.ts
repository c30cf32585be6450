import { argvOf, type DebugLaunch, envOf, type LaunchFacts, withEnv, withWords } from './program.ts'

/**
 * Starts the inspector by `NODE_OPTIONS`. All Node processes of the service inherit it, and the first one gets the
 * port. So if the program only starts another one, such as `npm start`, a module opens the inspector in the other one.
 */
export const launchNode = (facts: LaunchFacts): DebugLaunch => {
  const { port, break: stop = false } = facts
  const option = argvOf(facts).some(startsAnother)
    ? `--import=data:text/javascript,${encodeURIComponent(openInspector(port, stop))}`
    : `--inspect${stop ? '-brk' : ''}=127.0.0.1:${port}`
  return withEnv(facts, { NODE_OPTIONS: withWords(envOf(facts, 'NODE_OPTIONS'), option) })
}

// ---

const starters =
  'npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|bunx|tsx|nodemon|ts-node-dev|tsnd|turbo|nx|concurrently|pm2'

/** A word of a command, or a whole script for a shell, that names a program which starts another one. */
const startsAnother = (word: string): boolean =>
  new RegExp(`(^|[\\s/;&|])(${starters})(\\s|$)`).test(word)

/** Opens the inspector unless the process is one that starts others, or another one has the port. */
const openInspector = (port: number, stop: boolean): string =>
  [
    "import inspector from 'node:inspector'",
    `const script = process.argv[1] ?? ''`,
    `if (script && !/(^|[\\\\/])(${starters})([\\\\/.]|-cli|$)/.test(script)) {`,
    `  try { inspector.open(${port}, '127.0.0.1', ${stop}) }`,
    '  catch (error) { console.error(error.message) }',
    '}',
  ].join('\n')
