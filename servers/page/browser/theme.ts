import { put } from './element.ts'
import { icon } from './icon.ts'

const themes = ['system', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
const stored = 'mesocosm-theme'
const icons = { system: 'screen', light: 'light', dark: 'dark' } as const

/** Makes a button change the theme: that of the system, light, dark. The browser remembers it. */
export const switchThemeWith = (button: HTMLButtonElement): void => {
  const show = (theme: Theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    const label = `Colours: ${theme}`
    button.title = label
    button.setAttribute('aria-label', label)
    put(button, icon(icons[theme]))
  }
  let current = remembered()
  show(current)
  button.addEventListener('click', () => {
    current = themes[(themes.indexOf(current) + 1) % themes.length] ?? 'system'
    remember(current)
    show(current)
  })
}

// ---

// A browser that stores nothing for this page throws.
const remembered = (): Theme => {
  try {
    const theme = localStorage.getItem(stored)
    return themes.find((each) => each === theme) ?? 'system'
  } catch {
    return 'system'
  }
}

const remember = (theme: Theme): void => {
  try {
    localStorage.setItem(stored, theme)
  } catch {
    // The theme lasts as long as the page.
  }
}
