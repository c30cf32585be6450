import { stripVTControlCharacters } from 'node:util'
import { width } from './style.ts'

/** The part of a terminal that can be drawn on. */
export interface LiveOutput {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Lines at the bottom of the output that are replaced in place; what is printed goes above them. */
export interface Live {
  draw(lines: readonly string[]): void
  print(text: string): void
  /** Leaves these lines on the screen for good. */
  end(lines: readonly string[]): void
}

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const toLineEnd = '\u001b[K'
const toScreenEnd = '\u001b[J'
// Terminals that know it show all in between at once; the others ignore it.
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

export const createLive = (output: LiveOutput): Live => {
  let shown: readonly string[] = []
  const columns = () => output.columns || 80
  // A window made narrower has wrapped what was drawn.
  const height = () =>
    shown.reduce((sum, text) => {
      const wide = width(stripVTControlCharacters(text))
      return sum + Math.max(1, Math.ceil(wide / columns()))
    }, 0)
  const replace = (above: string, lines: readonly string[]) => {
    const up = height()
    const back = up === 0 ? '' : `\u001b[${up}A\r`
    const body = [...(above === '' ? [] : [above]), ...lines]
      .map((text) => `${text.replaceAll('\n', `${toLineEnd}\n`)}${toLineEnd}\n`)
      .join('')
    output.write(
      `${beginFrame}${shown.length === 0 ? hideCursor : ''}${back}${body}${toScreenEnd}${endFrame}`,
    )
    shown = lines
  }
  return {
    draw(lines) {
      // What has scrolled off the top cannot be replaced.
      const room = Math.max(1, (output.rows || 24) - 1)
      const fitting =
        lines.length <= room
          ? lines
          : [...lines.slice(0, room - 1), `  … ${lines.length - room + 1} more`]
      if (same(fitting, shown)) return
      replace('', fitting)
    },
    print(text) {
      replace(text.replace(/\n$/, ''), shown)
    },
    end(lines) {
      replace('', lines)
      shown = []
      output.write(showCursor)
    },
  }
}

// ---

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index])
