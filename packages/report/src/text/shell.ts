/** Returns a command as a shell reads it: arguments with special characters are quoted. */
export const shellCommand = (argv: readonly string[]): string => argv.map(quoted).join(' ')

// ---

const quoted = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
