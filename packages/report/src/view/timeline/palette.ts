/** Colours of the timeline, as the style sheet names them. */
export type Palette = Readonly<Record<(typeof names)[number], string>> & { readonly font: string }

/** Reads the colours of the page's theme. */
export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement)
  // Custom properties keep `light-dark()` as it was written; a colour of an element is computed.
  const probe = document.createElement('i')
  document.body.append(probe)
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return { ...Object.fromEntries(entries), font: style.fontFamily } as Palette
}

// ---

const names = [
  ...(['ground', 'panel', 'ink', 'soft', 'line', 'faint-line', 'accent', 'chosen'] as const),
  ...([
    'bar',
    'bar-edge',
    'bar-strong',
    'good',
    'good-bar',
    'bad',
    'bad-bar',
    'warn',
    'warn-bar',
  ] as const),
  ...(['density', 'curtain', 'idle'] as const),
] as const
