/**
 * Returns the variables that a local program has from this machine: all but those that are about the process that
 * starts it, its test runner and Mesocosm. Toolchains need theirs, such as `JAVA_HOME`.
 */
export const machineEnv = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !ofRunner.test(entry[0]),
    ),
  )

// ---

/** Also `PORT` and `NODE_ENV`, which a service gets from its declaration or not at all. */
const ofRunner =
  /^(NODE_(ENV|OPTIONS|CHANNEL_.*|UNIQUE_ID|TEST_CONTEXT|V8_COVERAGE)|(MESOCOSM|VITEST|JEST|PLAYWRIGHT|PW|TEST_WORKER)(_.*)?|TEST|PORT|npm_(lifecycle|package|command|execpath|node_execpath).*|INIT_CWD|OLDPWD|_)$/i
