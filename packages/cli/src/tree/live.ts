import { stripVTControlCharacters } from 'node:util'
import { width } from './style.ts'

/** What drawing uses of a terminal. */
export interface LiveOutput {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Lines at the bottom of the output that are redrawn in place; printed text goes above them. */
export interface Live {
  /** Replaces the lines. */
  draw(lines: readonly string[]): void
  /** Prints text above the lines. */
  print(text: string): void
  /** Draws the lines a last time and leaves them on the screen. */
  end(lines: readonly string[]): void
}

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const toLineEnd = '\u001b[K'
const toScreenEnd = '\u001b[J'
// Synchronized output: terminals that support it show a frame at once; others ignore it.
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

/** Returns lines that are redrawn in place on an output. */
export const createLive = (output: LiveOutput): Live => {
  let shown: readonly string[] = []
  const columns = () => output.columns || 80
  // A narrower window has wrapped the lines.
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
      // Lines that have scrolled off the top cannot be redrawn.
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
