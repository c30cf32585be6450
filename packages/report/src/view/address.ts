import { effect } from '@preact/signals'
import { formatLink, parseLink } from '../link/link.ts'
import type { Store } from './store.ts'

/** Keeps the address of the page and what it shows the same. */
export const followAddress = (store: Store): void => {
  let shown = store.link.value
  addEventListener('hashchange', () => {
    if (location.hash.slice(1) === formatLink(store.link.value)) return
    shown = parseLink(location.hash)
    store.link.value = shown
    store.view.value = undefined
  })
  effect(() => {
    const link = store.link.value
    const hash = formatLink(link)
    const moved = link.test !== shown.test || link.attempt !== shown.attempt
    shown = link
    if (location.hash.slice(1) === hash) return
    const address = hash === '' ? location.pathname + location.search : `#${hash}`
    // Every letter of a search would be a step back else.
    if (moved) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
  })
}
