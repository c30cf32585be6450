import type { Patience } from '../api/patience.ts'
import type { BuildStatus } from './buildkit-status.ts'
import { parseImageReference } from './image-reference.ts'
import { type PullSilence, watchSilence } from './pull-silence.ts'

/** Watches what a build pulls for words of the registry. */
export interface BuildSilence extends Disposable {
  /** Takes note of progress. */
  heard(status: BuildStatus): void
}

/** What is done about a silence. */
export interface BuildSilenceOptions {
  readonly patience: Patience
  readonly onProgress: ((line: string) => void) | undefined
  /** Called once, when the silence has lasted too long. */
  readonly onOver: (error: Error) => void
}

/**
 * Does for the images that BuildKit resolves and pulls during a build what `watchSilence` does for a pull. Other steps
 * may be silent for any time.
 */
export const watchBuildSilence = (options: BuildSilenceOptions): BuildSilence => {
  const pulls = new Map<string, Pull>()
  const end = (step: string) => {
    pulls.get(step)?.silence[Symbol.dispose]()
    pulls.delete(step)
  }
  return {
    heard({ steps, parts }) {
      for (const { digest, name, started, completed, error } of steps) {
        const image = pulledBy(name)
        if (image === undefined) continue
        if (completed || error !== '') end(digest)
        else if (started && !pulls.has(digest)) pulls.set(digest, createPull(image, options))
      }
      for (const { step, ...part } of parts) pulls.get(step)?.heard(part)
    },
    [Symbol.dispose]() {
      for (const step of pulls.keys()) end(step)
    },
  }
}

// ---

interface Pull {
  readonly silence: PullSilence
  heard(part: {
    readonly name: string
    readonly current: number
    readonly completed: boolean
  }): void
}

const createPull = (image: string, { patience, onProgress, onOver }: BuildSilenceOptions): Pull => {
  const registry = parseImageReference(image).registry ?? 'docker.io'
  const silence = watchSilence({ registry, patience, onProgress, onOver })
  const known = new Map<string, string>()
  return {
    silence,
    heard({ name, current, completed }) {
      // BuildKit repeats what it knows several times a second.
      const state = `${current} ${completed}`
      if (known.get(name) === state) return
      known.set(name, state)
      const [id = name, isUnpacked] = name.startsWith('extracting ') ? [name.slice(11), true] : []
      const busy = isUnpacked === true ? 'Extracting' : 'Downloading'
      const done = isUnpacked === true ? 'Pull complete' : 'Download complete'
      silence.heard({ id, status: completed ? done : busy })
    },
  }
}

/** Returns the image that a step of BuildKit asks a registry for. */
const pulledBy = (name: string): string | undefined =>
  /^(?:\[internal\] load metadata for|resolve image config for|importing cache manifest from|(?:\[.*\] )?FROM) (?:docker-image:\/\/)?(\S+)/.exec(
    name,
  )?.[1] ?? /^docker-image:\/\/(\S+)/.exec(name)?.[1]
