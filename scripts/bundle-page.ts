import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PageFiles } from '../servers/page/page-files.ts'
import { root } from './run.ts'

/**
 * Makes the web page of a server from a folder with `index.html`, `style.css`, `icon.svg` and `browser/main.ts`: one script, and
 * one style that starts with what all pages share.
 */
export const bundlePage = async (folder: string): Promise<PageFiles> => {
  const { build } = await import('rolldown')
  const { output } = await build({
    input: join(folder, 'browser/main.ts'),
    platform: 'browser',
    write: false,
    output: { format: 'iife', minify: true, codeSplitting: false },
  })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const shared = readFileSync(join(root, 'servers/page/browser/base.css'), 'utf8')
  return {
    'index.html': { type: 'text/html; charset=utf-8', text: read('index.html') },
    'style.css': {
      type: 'text/css; charset=utf-8',
      text: withoutComments(`${shared}\n${read('style.css')}`),
    },
    'app.js': { type: 'text/javascript; charset=utf-8', text: output[0].code },
    'icon.svg': { type: 'image/svg+xml', text: read('icon.svg') },
  }
}

// ---

const withoutComments = (css: string): string =>
  css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '\n')
