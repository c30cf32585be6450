import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Store } from './store.ts'

const StoreContext = createContext<Store | undefined>(undefined)

/** Gives views the store. */
export const StoreProvider = StoreContext.Provider

/** Returns the store of the page. */
export const useStore = (): Store => {
  const store = useContext(StoreContext)
  if (store === undefined) throw new Error('no store')
  return store
}
