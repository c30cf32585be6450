const names =
  'npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|bunx|tsx|nodemon|ts-node-dev|tsnd|turbo|nx|concurrently|pm2'

/** Matches a word of a command, or a script for a shell, that names a program which starts the actual one. */
export const starterInCommand = new RegExp(`(^|[\\s/;&|])(${names})(\\s|$)`)

/** The source of an expression that matches the main script of such a program. */
export const starterScript = `(^|[\\\\/])(node_modules[\\\\/](${names})[\\\\/].*|(${names})(-cli)?(\\.[cm]?js)?)$`

/** The source of an expression that matches the title that such a program gives itself, such as `npm start`. */
export const starterTitle = `^(${names})(\\s|$)`
