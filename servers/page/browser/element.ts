/** Attributes of an element; functions are listeners of events, such as `onclick`. What is `undefined` or `false` is left out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: never) => void)>
>

/** What an element holds. Strings become text, never HTML. */
export type Content = Node | string | undefined | readonly Content[]

/** Makes an element. */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function')
      element.addEventListener(name.slice(2), value as (event: Event) => void)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  put(element, ...content)
  return element
}

/** Replaces what an element holds. */
export const put = (element: Element, ...content: Content[]): void =>
  element.replaceChildren(...flat(content))

/** Returns the element of the page with this id. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`)
  return found
}

/** Makes a link that opens in a tab of its own, if its scheme is one that opens something; else plain text. */
export const outwardLink = (address: string, label = address): HTMLElement =>
  /^(?:https?|mailto|tel):/i.test(address)
    ? h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, label)
    : h('span', {}, label)

// ---

const flat = (content: readonly Content[]): (Node | string)[] =>
  content.flatMap((each): (Node | string)[] =>
    each === undefined
      ? []
      : typeof each === 'string' || each instanceof Node
        ? [each]
        : flat(each),
  )
