import { effect, signal } from '@preact/signals'

/** Colours of the page: those of the system, light, dark. */
export type Theme = 'system' | 'light' | 'dark'

const themes: readonly Theme[] = ['system', 'light', 'dark']
const stored = 'mesocosm-theme'

/** Creates the choice of colours, which the browser remembers; `version` changes whenever the colours do. */
export const createTheme = () => {
  const theme = signal<Theme>(remembered())
  const version = signal(0)
  effect(() => {
    const { dataset } = document.documentElement
    if (theme.value === 'system') delete dataset.theme
    else dataset.theme = theme.value
    version.value = version.peek() + 1
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => version.value++)
  return {
    theme,
    version,
    next() {
      theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system'
      try {
        localStorage.setItem(stored, theme.value)
      } catch {
        // A browser that stores nothing for this page keeps the theme as long as the page.
      }
    },
  }
}

/** What `createTheme` returns. */
export type ThemeChoice = ReturnType<typeof createTheme>

// ---

const remembered = (): Theme => {
  try {
    const theme = localStorage.getItem(stored)
    return themes.find((each) => each === theme) ?? 'system'
  } catch {
    return 'system'
  }
}
