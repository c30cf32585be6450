import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface Props {
  /** Custom property of the root element that has the size, in pixels. */
  readonly property: string
  readonly label: string
  readonly axis: 'x' | 'y'
  /** The size grows when the pointer moves against the axis. */
  readonly reverse?: boolean
  readonly least: number
  readonly most: number
  readonly initial: number
}

/** A line to drag, or to move with the arrow keys, that changes the size of a panel. */
export const Splitter = (props: Props): JSX.Element => {
  const { property, axis, least, most, initial } = props
  const from = useRef<{ readonly at: number; readonly size: number } | undefined>(undefined)
  const element = useRef<HTMLDivElement>(null)
  const size = () => Number.parseFloat(root().style.getPropertyValue(property)) || initial
  const set = (next: number) => {
    const value = Math.round(Math.max(least, Math.min(most, next)))
    root().style.setProperty(property, `${value}px`)
    element.current?.setAttribute('aria-valuenow', String(value))
    try {
      localStorage.setItem(`mesocosm${property}`, String(value))
    } catch {
      // The size lasts as long as the page.
    }
  }
  useEffect(() => {
    try {
      const stored = Number(localStorage.getItem(`mesocosm${property}`))
      if (stored > 0) set(stored)
    } catch {
      // The browser stores nothing for this page.
    }
  }, [])
  const sign = props.reverse ? -1 : 1
  const place = (event: PointerEvent) => (axis === 'x' ? event.clientX : event.clientY)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line that can be moved is a separator with a value, not <hr>
    <div
      ref={element}
      class={`splitter ${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={props.label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={initial}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { at: place(event), size: size() }
        event.preventDefault()
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined)
          set(from.current.size + sign * (place(event) - from.current.at))
      }}
      onPointerUp={() => {
        from.current = undefined
      }}
      onDblClick={() => set(initial)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -16, ArrowUp: -16, ArrowRight: 16, ArrowDown: 16 }[event.key]
        if (by === undefined) return
        set(size() + sign * by)
        event.preventDefault()
      }}
    />
  )
}

// ---

const root = (): HTMLElement => document.documentElement
