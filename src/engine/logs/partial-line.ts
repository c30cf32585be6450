/** Milliseconds without output after which text without a line feed is taken for a prompt. */
const idleMs = 50

/** Characters per millisecond that the repeated text of one growing line may add to the record. */
const repeatRate = 4

/**
 * Shows a line of one stream that has no line feed yet, once its program pauses: before that, it is a line of which
 * only a part has arrived. Each text replaces the one before, so a line that grows for long, such as a row of dots,
 * is shown less often the longer it is.
 */
export interface PartialLine {
  /** The text that was shown; empty before that and after the end of the line. */
  readonly shown: string
  /** Takes the text of the line so far. */
  see(text: string): void
  /** The line has ended. */
  clear(): void
}

/** Creates a partial line. @param show gets the text when nothing came for a while. */
export const createPartialLine = (show: (text: string) => void): PartialLine => {
  let timer: NodeJS.Timeout | undefined
  let shown = ''
  let shownAt = 0
  return {
    get shown() {
      return shown
    },
    see(text) {
      clearTimeout(timer)
      if (text === '' || text === shown) return
      const notBefore = shownAt + shown.length / repeatRate
      const fire = () => {
        shown = text
        shownAt = performance.now()
        show(text)
      }
      timer = setTimeout(fire, Math.max(idleMs, notBefore - performance.now()))
      // Output alone does not keep the process.
      timer.unref()
    },
    clear() {
      clearTimeout(timer)
      shown = ''
    },
  }
}
