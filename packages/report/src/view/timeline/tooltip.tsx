import type { JSX } from 'preact'
import { duration, offset } from '../../text/format.ts'
import type { Hit } from '../../timeline/hit.ts'

/** Names what is under the pointer. */
export const Tooltip = ({
  hit: { thing },
  origin,
  x,
  y,
}: {
  readonly hit: Hit
  readonly origin: number
  readonly x: number
  readonly y: number
}): JSX.Element => {
  const bar = 'start' in thing
  const start = bar ? thing.start : thing.time
  const status = bar ? thing.status : undefined
  return (
    <div
      class="tooltip"
      aria-hidden="true"
      style={{ left: `${Math.min(x + 12, innerWidth - 340)}px`, top: `${y + 18}px` }}
    >
      <b>{thing.label}</b>
      <span>
        {offset(start - origin)}
        {bar && ` · ${duration(thing.end - thing.start)}`}
        {status !== undefined && status !== 'done' && ` · ${status}`}
      </span>
    </div>
  )
}
