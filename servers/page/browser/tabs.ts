import { type Content, h, put } from './element.ts'

/** One tab. */
export interface Tab {
  readonly name: string
  /** Such as how many things it shows. */
  readonly count?: number
  /** Called each time the tab is opened. */
  readonly show: () => Content | Promise<Content>
}

/** Makes tabs over one panel. Arrow keys go from one to the next. `opened` is told which one was chosen. */
export const tabs = (
  list: readonly Tab[],
  first: string,
  opened: (name: string) => void,
  failed: (error: unknown) => Content,
): HTMLElement[] => {
  const panel = h('div', { role: 'tabpanel', class: 'panel', id: 'panel', tabindex: 0 })
  let current = ''
  const open = async (tab: Tab): Promise<void> => {
    current = tab.name
    for (const [each, button] of buttons) {
      button.setAttribute('aria-selected', String(each === tab))
      button.tabIndex = each === tab ? 0 : -1
    }
    panel.setAttribute('aria-labelledby', `tab-${tab.name}`)
    panel.dataset.tab = tab.name
    put(panel)
    let content: Content
    try {
      content = await tab.show()
    } catch (error) {
      content = failed(error)
    }
    if (current === tab.name) put(panel, content)
  }
  const buttons = list.map((tab) => {
    const button = h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${tab.name}`,
        'aria-controls': 'panel',
        onclick: () => {
          opened(tab.name)
          void open(tab)
        },
      },
      tab.name,
      ...(tab.count === undefined ? [] : [' ', h('span', { class: 'count' }, String(tab.count))]),
    )
    return [tab, button] as const
  })
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = buttons.findIndex(([{ name }]) => name === current)
    const [, next] = buttons[(at + step + buttons.length) % buttons.length] ?? []
    next?.click()
    next?.focus()
  }
  const start = list.find(({ name }) => name === first) ?? list[0]
  if (start !== undefined) void open(start)
  return [
    h(
      'div',
      { role: 'tablist', class: 'tabs', onkeydown: move },
      buttons.map(([, button]) => button),
    ),
    panel,
  ]
}
