import { changesBetween } from './changes.ts'
import { createLive } from './live.ts'
import { renderTree } from './render.ts'
import type { Tree } from './tree.ts'

/** An output that shows a tree, such as `process.stdout`. */
export interface Terminal {
  /** Writes text as it is. */
  write(text: string): unknown
  /** Whether it can be redrawn. Default false. */
  readonly isTTY?: boolean
  /** Width in characters. Default 80. */
  readonly columns?: number
  /** Height in lines. Default 24. */
  readonly rows?: number
  /** Returns whether it shows colours; `NO_COLOR` and `FORCE_COLOR` are applied. */
  hasColors?(): boolean
}

/** Shows a tree while it changes: redrawn in place on a terminal, otherwise one line per change. */
export interface Screen {
  /** Shows the tree as it is now. */
  update(tree: Tree): void
  /** Prints text above the tree. */
  print(text: string): void
  /** Shows the final tree, uncut and without spinners, and leaves it on the screen. */
  end(tree: Tree): void
  /** Removes the tree from the screen. */
  close(): void
}

/** Options of {@link openScreen}. */
export interface ScreenOptions {
  /** Shows the final tree alone, for readers who pay for every line. Default false. */
  readonly terse?: boolean
}

/** Opens a screen on a terminal. A `TERM` of `dumb` counts as output that cannot be redrawn. */
export const openScreen = (
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
  { terse = false }: ScreenOptions = {},
): Screen => {
  if (terse) return { ...plainScreen(terminal), update: () => undefined }
  return terminal.isTTY === true && env.TERM !== 'dumb'
    ? liveScreen(terminal)
    : plainScreen(terminal)
}

/** Returns whether to print colours: on a terminal, subject to `NO_COLOR` and `FORCE_COLOR`. */
export const wantsColor = (terminal: Terminal): boolean =>
  terminal.isTTY === true && (terminal.hasColors?.() ?? false)

// ---

const frameMs = 80

const liveScreen = (terminal: Terminal): Screen => {
  const live = createLive(terminal)
  const color = wantsColor(terminal)
  let latest: Tree | undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (latest === undefined) return
    live.draw(
      renderTree(latest, { columns: terminal.columns ?? 80, color, now: performance.now() }),
    )
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
  }
  // Drawing hides the cursor; a signal must not leave it hidden.
  const interrupted = (signal: NodeJS.Signals) => {
    stop()
    if (latest !== undefined)
      live.end(
        renderTree(latest, {
          columns: terminal.columns ?? 80,
          color,
          now: performance.now(),
          still: true,
        }),
      )
    process.kill(process.pid, signal)
  }
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', interrupted)
  return {
    update(tree) {
      latest = tree
      // Later changes within a frame are drawn together.
      timer ??= setInterval(draw, frameMs).unref()
      draw()
    },
    print: (text) => live.print(text),
    end(tree) {
      stop()
      live.end(
        renderTree(tree, {
          columns: Number.POSITIVE_INFINITY,
          color,
          now: performance.now(),
          still: true,
        }),
      )
    },
    close() {
      stop()
      live.end([])
    },
  }
}

const plainScreen = (terminal: Terminal): Screen => {
  let latest: Tree | undefined
  return {
    update(tree) {
      const now = performance.now()
      const lines = latest === undefined ? [] : changesBetween(latest, tree, now)
      latest = tree
      for (const line of lines) terminal.write(`${line}\n`)
    },
    print: (text) => void terminal.write(text.endsWith('\n') ? text : `${text}\n`),
    end(tree) {
      const look = {
        columns: Number.POSITIVE_INFINITY,
        color: false,
        now: performance.now(),
        still: true,
      }
      terminal.write(`${renderTree(tree, look).join('\n')}\n`)
    },
    close() {},
  }
}
