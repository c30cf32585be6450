import { type FSWatcher, type Stats, watch } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pause } from '../../call/pause.ts'

/** Options of {@link watchFiles}. */
export interface WatchFilesOptions {
  /**
   * Files and folders, absolute, with everything below them; one may be missing. Links to files, and paths that are links,
   * stand for what they lead to; links to folders below are not followed.
   */
  readonly paths: readonly string[]
  /** Called with the files that were added, changed or removed. */
  readonly onChange: (files: readonly string[]) => void
  /** Milliseconds without a further change before it is reported; default 100. */
  readonly quietMs?: number
  /** Milliseconds between two looks where the system does not report changes; default 1 000. */
  readonly pollMs?: number
  /** Does not ask the system for changes. Default `false`. */
  readonly poll?: boolean
}

/** Folders that programs write to, or that are too large to be looked at. */
const ignored: ReadonlySet<string> = new Set(['node_modules', '.git', '.mesocosm'])

/**
 * Watches files until it is disposed. What the system reports only starts a look at the files, so that nothing counts
 * but a change of their size or time; where it cannot report, as with too many folders, looks are repeated.
 */
export const watchFiles = (options: WatchFilesOptions): Disposable => {
  const files = new FileWatch(options)
  void files.run()
  return files
}

// ---

/** By path: what changes with the content of a file. */
type Look = ReadonlyMap<string, string>

class FileWatch implements Disposable {
  readonly #options: WatchFilesOptions
  readonly #stop = new AbortController()
  /** By folder or file. */
  readonly #watchers = new Map<string, FSWatcher>()
  #isPolling: boolean
  #wake = Promise.withResolvers<void>()
  #woken = 0

  constructor(options: WatchFilesOptions) {
    this.#options = options
    this.#isPolling = options.poll === true
  }

  async run(): Promise<void> {
    const { signal } = this.#stop
    let before = await this.#look()
    while (!signal.aborted) {
      await this.#changed()
      if (signal.aborted) return
      const after = await this.#look()
      const files = differences(before, after)
      before = after
      if (files.length > 0 && !signal.aborted) this.#options.onChange(files)
    }
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
    this.#wake.resolve()
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  // ---

  /** Resolves when there was a change, and then none for some time; or when it is time to look. */
  async #changed(): Promise<void> {
    const { quietMs = 100, pollMs = 1_000 } = this.#options
    const { signal } = this.#stop
    await (this.#isPolling ? pause(pollMs, signal) : this.#wake.promise)
    for (let seen = -1; seen !== this.#woken && !signal.aborted; ) {
      seen = this.#woken
      this.#wake = Promise.withResolvers()
      await pause(quietMs, signal)
    }
  }

  async #look(): Promise<Look> {
    const look = new Map<string, string>()
    const folders = new Set<string>()
    for (const path of this.#options.paths)
      await lookInto(path, await stat(path).catch(() => undefined), look, folders)
    for (const path of this.#options.paths) folders.add(path)
    this.#watch(folders)
    return look
  }

  #watch(folders: ReadonlySet<string>): void {
    if (this.#isPolling || this.#stop.signal.aborted) return
    for (const [path, watcher] of this.#watchers)
      if (!folders.has(path)) {
        watcher.close()
        this.#watchers.delete(path)
      }
    for (const path of folders) {
      if (this.#watchers.has(path)) continue
      try {
        const watcher = watch(path, { persistent: false }, (event, name) => {
          // Of the path itself: what is there from now on is another file or folder.
          if (event === 'rename' && (name === null || name === basename(path)))
            this.#forget(path, watcher)
          this.#notice()
        })
        watcher.on('error', () => this.#poll())
        this.#watchers.set(path, watcher)
        // Something may have changed between the look and now.
        this.#notice()
      } catch {
        // A path that is missing, or more folders than the system watches.
        this.#poll()
        return
      }
    }
  }

  #forget(path: string, watcher: FSWatcher): void {
    watcher.close()
    if (this.#watchers.get(path) === watcher) this.#watchers.delete(path)
  }

  #poll(): void {
    this.#isPolling = true
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
    this.#notice()
  }

  #notice(): void {
    this.#woken += 1
    this.#wake.resolve()
  }
}

/** @param folders gets the folders, and the linked files, which change without their folder. */
const lookInto = async (
  path: string,
  found: Stats | undefined,
  look: Map<string, string>,
  folders: Set<string>,
): Promise<void> => {
  if (found === undefined) return
  if (!found.isDirectory()) {
    look.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`)
    return
  }
  folders.add(path)
  const names = await readdir(path).catch((): string[] => [])
  for (const name of names) {
    if (ignored.has(name)) continue
    const below = join(path, name)
    const entry = await lstat(below).catch(() => undefined)
    const target = entry?.isSymbolicLink() ? await stat(below).catch(() => undefined) : undefined
    if (target?.isFile()) folders.add(below)
    await lookInto(below, target?.isFile() ? target : entry, look, folders)
  }
}

const differences = (before: Look, after: Look): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  )
