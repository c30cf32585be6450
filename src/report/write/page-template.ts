import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codeOf } from '../../errors/unknown-error.ts'

/*
 * The page without data: `page.html` next to the built modules of this room. `scripts/build.ts` makes it from
 * `packages/report`: one HTML file with all styles and scripts in it, and three comments where the data goes.
 */

/** Comments in the template that are replaced. */
export const place = {
  /** In the head, before everything else: the content security policy. */
  policy: '<!--mesocosm:policy-->',
  /** Before the script: the index, so that the list of tests is there at once. */
  index: '<!--mesocosm:index-->',
  /** At the end of the body: all other chunks. */
  chunks: '<!--mesocosm:chunks-->',
} as const

/**
 * Returns the template of a report or of a run that is served; one without a view of its own where the page has not been
 * built.
 */
export const pageTemplate = (name: 'page.html' | 'live.html' = 'page.html'): string => {
  // From `dist/report/write`, and from `src/report/write` of a checkout.
  for (const path of [`../${name}`, `../../../dist/report/${name}`]) {
    try {
      return readFileSync(new URL(path, import.meta.url), 'utf8')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  return bare
}

/** Where a page gets its data: embedded, from files next to it, or from the server that it came from. */
export type DataPlace = 'page' | 'folder' | 'server'

/**
 * Returns the element with the content security policy of a page: only its own scripts run, whatever services logged or
 * mailed, and nothing leaves the page. Styles in mails are allowed.
 */
export const policyOf = (template: string, data: DataPlace): string => {
  const scripts = [...template.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  const rules = [
    `default-src 'none'`,
    `script-src ${[...scripts, ...(data === 'folder' ? ["'self'", 'file:'] : [])].join(' ') || "'none'"}`,
    `style-src 'unsafe-inline'`,
    'img-src data: blob:',
    'worker-src blob:',
    ...(data === 'server' ? [`connect-src 'self'`] : []),
    `base-uri 'none'`,
    `form-action 'none'`,
  ]
  return `<meta http-equiv="content-security-policy" content="${rules.join('; ')}">`
}

// ---

const bare = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${place.policy}
<title>Run</title>
</head>
<body>
<p>The data of a run. The page that shows it is not built: run <code>npm run build</code>.</p>
${place.index}
${place.chunks}
</body>
</html>
`
