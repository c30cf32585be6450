import { render } from 'preact'
import type { ReportSource } from '../../../../src/report/source.ts'
import { followAddress } from './address.ts'
import { App } from './app.tsx'
import { StoreProvider } from './context.ts'
import { followKeys } from './keys.ts'
import { load } from './load.ts'
import { createStore } from './store.ts'
import { createTheme } from './theme.ts'

/** Shows a run in the page. */
export const start = (source: ReportSource): void => {
  const store = createStore(source, location.hash)
  const theme = createTheme()
  const root = document.getElementById('app')
  if (root === null) throw new Error('the page has no #app')
  render(
    <StoreProvider value={store}>
      <App theme={theme} />
    </StoreProvider>,
    root,
  )
  followAddress(store)
  followKeys(store)
  load(store)
}
