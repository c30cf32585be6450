import type { ComponentChildren, CSSProperties, JSX } from 'preact'

/** A cell of a list's row. */
export const Cell = ({
  class: names = '',
  style,
  title,
  children,
}: {
  readonly class?: string
  readonly style?: CSSProperties
  readonly title?: string
  readonly children?: ComponentChildren
}): JSX.Element => (
  // biome-ignore lint/a11y/useSemanticElements: lists that draw only what is in view cannot be tables
  // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the row
  <span role="gridcell" class={`cell ${names}`} style={style} title={title}>
    {children}
  </span>
)
