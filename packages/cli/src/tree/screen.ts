import { changesBetween } from './changes.ts'
import { createLive } from './live.ts'
import { renderTree } from './render.ts'
import type { Tree } from './tree.ts'

/** Where a tree is shown; `process.stdout` is one. */
export interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  hasColors?(): boolean
}

/** Shows a tree while it changes: redrawn in place on a terminal, elsewhere one line a change. */
export interface Screen {
  update(tree: Tree): void
  /** Text above the tree. */
  print(text: string): void
  /** The last look, whole and without moving parts. */
  end(tree: Tree): void
  /** Takes the tree away again, as after a failure told otherwise. */
  close(): void
}

export const openScreen = (terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Screen =>
  terminal.isTTY === true && env.TERM !== 'dumb' ? liveScreen(terminal) : plainScreen(terminal)

/** Whether colours are wanted: on terminals, unless `NO_COLOR` is set or `FORCE_COLOR` says otherwise. */
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
  // The cursor is hidden while the tree is drawn, and must be back whoever ends us.
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
      // Changes are drawn with the next frame; many at once make one.
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
