import { Component, type ComponentChildren, type JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { highest, listWindow, scrollTo } from '../list/window.ts'

interface Props {
  /** Unique on the page; begins the ids of rows. */
  readonly id: string
  readonly label: string
  readonly count: number
  readonly rowHeight: number
  /** The row that keys act on; -1 for none. */
  readonly active: number
  readonly onActive: (row: number) => void
  /** A click on another row, if that is more than making it the active one. */
  readonly onPick?: (row: number) => void
  /** The key Enter, or a click on the active row. */
  readonly onOpen?: (row: number) => void
  /** Other keys: left and right open and close. */
  readonly onKey?: (key: string, row: number) => void
  readonly role?: 'grid' | 'treegrid'
  /** Content and attributes of a row. */
  readonly row: (row: number) => RowContent
  /** Stays at the end while rows are added, if it is there. */
  readonly tail?: boolean
  readonly onHover?: (row: number | undefined) => void
}

/** What a list shows for one row. */
export interface RowContent {
  readonly class?: string
  readonly level?: number
  readonly expanded?: boolean
  readonly cells: ComponentChildren
}

/** A list that draws only the rows in view, and can be used with keys and by screen readers. */
export const VirtualList = (props: Props): JSX.Element => {
  const { id, count, rowHeight, active } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [scroll, setScroll] = useState(0)
  const [viewport, setViewport] = useState(400)
  const [cap] = useState(capHere)
  const atEnd = useRef(true)

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => setViewport(element.clientHeight)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    const element = scroller.current
    if (element === null || active < 0) return
    element.scrollTop = scrollTo(
      active,
      count,
      rowHeight,
      element.clientHeight,
      element.scrollTop,
      'middle',
      cap,
    )
  }, [active, rowHeight])
  useLayoutEffect(() => {
    const element = scroller.current
    if (element !== null && props.tail && atEnd.current) element.scrollTop = element.scrollHeight
  }, [count, props.tail])

  const { spacer, first, end, top } = listWindow(count, rowHeight, viewport, scroll, cap)
  const move = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(viewport / rowHeight) - 1)
    const target = {
      ArrowDown: active + 1,
      ArrowUp: active < 0 ? 0 : active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (target !== undefined) props.onActive(Math.max(0, Math.min(count - 1, target)))
    else if (event.key === 'Enter') props.onOpen?.(active)
    else if (/^(?:ArrowLeft|ArrowRight| )$/.test(event.key) && props.onKey)
      props.onKey(event.key, active)
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is that of a grid
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role is that of a grid
    <div
      ref={scroller}
      class="list"
      role={props.role ?? 'grid'}
      aria-label={props.label}
      aria-rowcount={count}
      tabIndex={0}
      aria-activedescendant={active >= first && active < end ? `${id}-${active}` : undefined}
      onKeyDown={move}
      onMouseLeave={() => props.onHover?.(undefined)}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollTop + clientHeight >= scrollHeight - rowHeight
        setScroll(scrollTop)
      }}
    >
      <div class="spacer" role="presentation" style={{ height: `${spacer}px` }}>
        {/* biome-ignore lint/a11y/useSemanticElements: lists that draw only what is in view cannot be tables */}
        <div class="rows" role="rowgroup" style={{ '--row': `${rowHeight}px` }}>
          {Array.from({ length: end - first }, (_, offset) => (
            <Row
              key={first + offset}
              list={props}
              row={first + offset}
              active={first + offset === active}
              y={top + offset * rowHeight}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

// ---

/** Chromium lays out elements of 33 million pixels: in a list that need not be scaled, rows stay where they are. */
const capHere = (): number => {
  const probe = document.createElement('div')
  probe.className = 'probe'
  document.body.append(probe)
  const height = probe.offsetHeight
  probe.remove()
  return Math.max(highest, height)
}

interface RowProps {
  readonly list: Props
  readonly row: number
  readonly active: boolean
  /** Pixels from the top of the spacer; the same while the list is scrolled, unless it is too high for the browser. */
  readonly y: number
}

/** A row that stays as it is while the list is scrolled. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate({ list, active, y }: RowProps): boolean {
    return list !== this.props.list || active !== this.props.active || y !== this.props.y
  }

  override render({ list, row, active, y }: RowProps): JSX.Element {
    const content = list.row(row)
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names this row
      // biome-ignore lint/a11y/useSemanticElements: lists that draw only what is in view cannot be tables
      <div
        id={`${list.id}-${row}`}
        role="row"
        class={`row ${content.class ?? ''} ${active ? 'active' : ''}`}
        style={{ top: `${y}px` }}
        aria-rowindex={row + 1}
        aria-selected={active}
        aria-level={content.level}
        aria-expanded={content.expanded}
        onClick={() => {
          if (active) list.onOpen?.(row)
          else (list.onPick ?? list.onActive)(row)
        }}
        onMouseEnter={list.onHover && (() => list.onHover?.(row))}
      >
        {content.cells}
      </div>
    )
  }
}
