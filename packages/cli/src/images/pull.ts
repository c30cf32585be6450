import { type Project, type PullEvent, pullImages } from 'mesocosm/operate'
import type { Io } from '../command.ts'
import { createLive } from '../tree/live.ts'

/** How to pull. */
export interface PullHow {
  readonly json: boolean
  readonly signal: AbortSignal
}

/** Pulls the images of a topology; returns the exit code. Throws every failure when all have ended. */
export const pull = async (
  project: Project,
  io: Io,
  { json, signal }: PullHow,
): Promise<number> => {
  const show = json ? asJson(io) : forPeople(io)
  try {
    const { pulled, present } = await pullImages(project, { onEvent: show.event, signal })
    show.end()
    if (!json) io.stdout.write(`${pulled.length} pulled, ${present.length} on the engine before\n`)
    return 0
  } catch (error) {
    show.end()
    throw error
  }
}

// ---

interface Shown {
  event(event: PullEvent): void
  end(): void
}

const asJson = ({ stdout }: Io): Shown => ({
  event(event) {
    const plain = event.kind === 'failed' ? { ...event, error: factsOf(event.error) } : event
    stdout.write(`${JSON.stringify(plain)}\n`)
  },
  end: () => undefined,
})

const factsOf = (error: unknown) => {
  const { code, summary, remedy } = error as Partial<Record<'code' | 'summary' | 'remedy', string>>
  return { code, message: summary ?? String(error), remedy }
}

/** Redraws what is being pulled on a terminal; elsewhere one line per image that starts or ends. */
const forPeople = ({ stdout, env }: Io): Shown => {
  const isLive = stdout.isTTY === true && env.TERM !== 'dumb'
  const live = isLive ? createLive(stdout) : undefined
  const running = new Map<string, string>()
  const clock: { timer?: NodeJS.Timeout } = {}
  const draw = () => {
    const columns = stdout.columns ?? 80
    live?.draw([...running].map(([image, line]) => `  ${image}  ${line}`.slice(0, columns - 1)))
  }
  const print = (text: string) => {
    if (live === undefined) stdout.write(`${text}\n`)
    else live.print(text)
  }
  return {
    event(event) {
      const { image } = event
      if (event.kind === 'progress') {
        running.set(image, withoutBar(event.line))
        // Layers report many times per second.
        clock.timer ??= setInterval(draw, 100).unref()
        return
      }
      if (event.kind === 'started') running.set(image, '')
      else running.delete(image)
      if (event.kind === 'started' && live === undefined) print(`pulling ${image}`)
      if (event.kind === 'present') print(`${image} is on the engine`)
      if (event.kind === 'pulled') print(`pulled ${image} in ${(event.ms / 1_000).toFixed(1)} s`)
      if (event.kind === 'failed') print(`failed ${image}`)
      draw()
    },
    end() {
      clearInterval(clock.timer)
      live?.end([])
    },
  }
}

const withoutBar = (line: string): string => line.replace(/\[[=> ]*\]\s*/, '')
