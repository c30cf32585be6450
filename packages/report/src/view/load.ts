import { formatLink, parseLink } from '../link/link.ts'
import type { Store } from './store.ts'

/** Reads the run: the list of tests first, then the rest. Of a run that goes on, again whenever something was added. */
export const load = async (store: Store): Promise<void> => {
  try {
    store.index.value = await store.source.index()
    chooseFirstFailure(store)
    // Let the list of tests appear before the rest is decoded.
    await painted()
    await loadRest(store)
  } catch (error) {
    store.fault.value = error instanceof Error ? error.message : String(error)
    return
  }
  let busy = false
  let again = false
  store.source.follow?.(async () => {
    again = true
    if (busy) return
    busy = true
    while (again) {
      again = false
      // A version that cannot be read whole is replaced by the next one.
      await loadAgain(store).catch(() => undefined)
    }
    busy = false
  })
}

// ---

const loadAgain = async (store: Store): Promise<void> => {
  store.index.value = await store.source.index()
  await loadRest(store)
}

/** Lines come first: they can be read and searched while the trace, which takes longer, is merged. */
const loadRest = async ({ source, logs, trace }: Store): Promise<void> => {
  logs.value = await source.logs()
  await painted()
  trace.value = await source.trace()
  // The first search prepares all lines for those after it.
  setTimeout(() => logs.value?.find({ include: [nowhere] }), 200)
}

/** A text that no line has. */
const nowhere = '\u0000'

/** A person who opens the report of a failed run wants to see the failure. */
const chooseFirstFailure = ({ link, files, index }: Store): void => {
  if (formatLink(link.value) !== '' || index.value?.run.status === 'running') return
  const cases = files.value.flatMap((file) => file.cases)
  const first =
    cases.find(({ outcome }) => outcome === 'failed') ??
    cases.find(({ outcome }) => outcome === 'unfinished')
  if (first !== undefined) link.value = { ...parseLink(''), test: first.id }
}

const painted = (): Promise<void> =>
  new Promise((resolve) => {
    // A page in the background paints nothing, so do not wait for that alone.
    const timer = setTimeout(resolve, 50)
    requestAnimationFrame(() => {
      clearTimeout(timer)
      setTimeout(resolve)
    })
  })
