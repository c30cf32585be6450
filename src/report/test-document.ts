import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runInThisContext } from 'node:vm'
import type { ReportDocument, ReportElement, ReportScript } from './open/report-document.ts'

/**
 * Returns the document of a report's page as far as reading it needs it, complete or as it is before a part of it has
 * loaded.
 */
export const openTestDocument = (path: string): ReportDocument => {
  const html = readFileSync(path, 'utf8')
  const elements = new Set<ReportElement & { readonly attributes: ReadonlyMap<string, string> }>()
  for (const [, head = '', text = ''] of html.matchAll(
    /<script type="text\/plain"([^>]*)>([^<]*)<\/script>/g,
  )) {
    const attributes = new Map(
      [...head.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const element = {
      attributes,
      textContent: text,
      getAttribute: (name: string) => attributes.get(name) ?? null,
      remove: () => void elements.delete(element),
    }
    elements.add(element)
  }
  return {
    readyState: 'complete',
    querySelectorAll(selector) {
      const wanted = [...selector.matchAll(/\[(data-[\w-]+)="([^"]*)"\]/g)]
      return [...elements].filter(({ attributes }) =>
        wanted.every(([, name = '', value]) => attributes.get(name) === value),
      )
    },
    addEventListener: () => {},
    createElement: () => new Script(dirname(path)),
    head: { append: (script: Script) => script.run() },
  }
}

// ---

class Script implements ReportScript {
  readonly #folder: string
  readonly #onError: (() => void)[] = []
  src = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  addEventListener(type: 'load' | 'error', listener: () => void): void {
    if (type === 'error') this.#onError.push(listener)
  }

  run(): void {
    try {
      runInThisContext(readFileSync(join(this.#folder, this.src), 'utf8'))
    } catch {
      for (const listener of this.#onError) listener()
    }
  }

  remove(): void {}
}
