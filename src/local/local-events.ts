import type { RuntimeEvent } from '../runtime/container-event.ts'
import { hasLabels } from './local-records.ts'

type Labels = Readonly<Record<string, string>>

/** Passes on what happens to the programs and sandboxes of this process. */
export class LocalEvents {
  readonly #watchers = new Set<(labels: Labels, event: RuntimeEvent) => void>()

  emit(labels: Labels, event: RuntimeEvent): void {
    for (const watcher of [...this.#watchers]) watcher(labels, event)
  }

  /** Calls back for events of what carries every one of these labels, until it is disposed. */
  watch(wanted: Labels, onEvent: (event: RuntimeEvent) => void): AsyncDisposable {
    const watcher = (labels: Labels, event: RuntimeEvent) => {
      if (hasLabels(labels, wanted)) onEvent(event)
    }
    this.#watchers.add(watcher)
    return { [Symbol.asyncDispose]: async () => void this.#watchers.delete(watcher) }
  }
}
