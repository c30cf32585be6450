import { rowOfEntry } from './logs/log-panel.tsx'
import { stepEntry } from './steps/step-list.tsx'
import type { Store } from './store.ts'
import { stepTest } from './tests/test-list.tsx'
import { zoomTimeline, zoomToRange } from './timeline/timeline.tsx'

/** Keys that work wherever the focus is, but in the field. */
export const keys = [
  ['/', 'filter tests, steps and lines'],
  ['j', 'next test'],
  ['k', 'previous test'],
  ['n', 'next step'],
  ['p', 'previous step'],
  ['f', 'failed tests only, or all'],
  ['l', 'logs'],
  ['s', 'steps'],
  ['g', 'graph of services'],
  ['+', 'zoom in'],
  ['−', 'zoom out'],
  ['r', 'select the time of the chosen step or line'],
  ['z', 'zoom to the selection, or show all'],
  ['Esc', 'clear: step, selection, services, filter, test'],
  ['?', 'this list'],
] as const

/** Listens to the keys of the page. */
export const followKeys = (store: Store): void => {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA)$/.test(event.target.tagName))
      return
    if (store.help.value) return
    if (!act(store, event.key)) return
    event.preventDefault()
  })
}

// ---

const act = (store: Store, key: string): boolean => {
  switch (key) {
    case '/': {
      const field = document.getElementById('search')
      if (field instanceof HTMLInputElement) {
        field.focus()
        field.select()
      }
      return true
    }
    case 'j':
    case 'k':
      stepTest(store, key === 'j' ? 1 : -1)
      return true
    case 'n':
    case 'p':
      stepEntry(store, key === 'n' ? 1 : -1)
      return true
    case 'f': {
      const { query } = store.link.value
      const rest = query.replace(/(?:^|\s)s:failed(?=\s|$)/, '').trim()
      store.go({ query: rest === query.trim() ? `s:failed ${rest}`.trim() : rest })
      return true
    }
    case 'r':
      selectChosen(store)
      return true
    case 'l':
      store.go({ panel: 'logs' })
      return true
    case 's':
      store.go({ panel: 'steps' })
      return true
    case 'g':
      store.go({ panel: 'graph' })
      return true
    case '+':
    case '=':
      zoomTimeline(store, 0.5)
      return true
    case '-':
      zoomTimeline(store, 2)
      return true
    case '0':
      store.view.value = undefined
      return true
    case 'z':
      zoomToRange(store)
      return true
    case '?':
      store.help.value = true
      return true
    case 'Escape':
      clear(store)
      return true
    default:
      return false
  }
}

/** What a pointer drags: the time of the chosen step, or a tenth of a second around a line. */
const selectChosen = ({ link, index, logs, model, ...store }: Store): void => {
  const { entry } = link.value
  const start = index.value?.run.start ?? 0
  const row = rowOfEntry(entry)
  const node = model.value?.entries.get(entry ?? '')
  if (row !== undefined && logs.value !== undefined) {
    const time = logs.value.time(row) - start
    store.go({ range: [time - 50, time + 50] })
  } else if (node !== undefined) store.go({ range: [node.start - start, node.end - start] })
}

/** What was chosen last is given up first. */
const clear = (store: Store): void => {
  const { entry, range, services, query, test } = store.link.value
  if (entry !== undefined) store.go({ entry: undefined })
  else if (range !== undefined) store.go({ range: undefined })
  else if (services.length > 0) store.go({ services: [] })
  else if (query !== '') store.go({ query: '' })
  else if (test !== undefined) store.go({ test: undefined })
}
