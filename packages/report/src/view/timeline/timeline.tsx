import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { trackKey } from '../../model/tracks.ts'
import { clock, duration, offset } from '../../text/format.ts'
import { type Density, densityOf } from '../../timeline/density.ts'
import { type Hit, hitAt } from '../../timeline/hit.ts'
import { type Layout, layoutRun, layoutTest } from '../../timeline/layout.ts'
import { type Scale, ticksOf, timeAt, zoom } from '../../timeline/scale.ts'
import { useStore } from '../context.ts'
import { Icon } from '../icon.tsx'
import type { Store } from '../store.ts'
import type { ThemeChoice } from '../theme.ts'
import { axisHeight, drawAxis } from './axis.ts'
import { draw } from './draw.ts'
import { RowLabels } from './labels.tsx'
import { readPalette } from './palette.ts'
import { Tooltip } from './tooltip.tsx'
import { contextOf, useSize } from './use-canvas.ts'

/** What happened and when: steps of the test and its services, or all lanes of the run. */
export const Timeline = ({ theme }: { readonly theme: ThemeChoice }): JSX.Element => {
  const store = useStore()
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const axis = useRef<HTMLCanvasElement>(null)
  const size = useSize(scroller)
  const [scroll, setScroll] = useState(0)
  const [hit, setHit] = useState<(Hit & { x: number; y: number }) | undefined>(undefined)
  const [pointer, setPointer] = useState<number | undefined>(undefined)
  const [brush, setBrush] = useState<readonly [number, number] | undefined>(undefined)
  const drag = useRef<{ x: number; time: number; moved: boolean } | undefined>(undefined)

  const themeVersion = theme.version.value
  const palette = useMemo(readPalette, [themeVersion])
  const limits = store.limits.value
  const view = store.view.value ?? limits
  const width = Math.max(0, size.width - gutter)
  const scale: Scale = { from: view[0], to: view[1], width }
  const lines = useComputed(() => tracksWithLines(store))
  const layout = useComputed(() => layoutOf(store, lines.value)).value
  const density = useDensity(store, scale)
  const origin = store.origin.value
  const ticks = ticksOf(scale, origin)
  const { start } = store.index.value?.run ?? { start: 0 }
  const chosenRange = store.link.value.range
  const range =
    brush ??
    (chosenRange && ([start + chosenRange[0], start + chosenRange[1]] as readonly [number, number]))
  const height = Math.min(size.height, layout.height)
  const time = pointer ?? store.pointed.value

  useLayoutEffect(() => {
    const context = contextOf(canvas.current, width, height)
    if (context !== undefined)
      draw(context, {
        layout,
        scale,
        scroll,
        height,
        palette,
        ticks,
        density,
        range,
        chosen: store.link.value.entry,
        hovered: hit?.thing.key,
        pointer: time,
      })
    const top = contextOf(axis.current, width, axisHeight)
    const label = time === undefined ? undefined : { time, label: offset(time - origin) }
    if (top !== undefined) drawAxis(top, scale, ticks, palette, range, label)
  })

  const place = (event: MouseEvent) => {
    const box = canvas.current?.getBoundingClientRect()
    const x = event.clientX - (box?.left ?? 0)
    return { x, y: event.clientY - (box?.top ?? 0) + scroll, time: timeAt(scale, x) }
  }
  const zoomBy = (factor: number, around = (view[0] + view[1]) / 2) => {
    store.view.value = zoom(scale, factor, around, limits)
  }
  const choose = (found: Hit | undefined) => {
    if (found === undefined) return
    const thing = found.thing
    if ('kind' in thing && thing.kind === 'test' && thing.test !== undefined)
      store.go({ test: thing.test.replace(/#\d+$/, ''), attempt: undefined })
    else store.go({ entry: thing.key })
  }
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="axis">
        <div class="corner">
          <button
            type="button"
            class="icon-button"
            title="Zoom out (−)"
            aria-label="Zoom out"
            onClick={() => zoomBy(2)}
          >
            <Icon name="minus" />
          </button>
          <button
            type="button"
            class="icon-button"
            title="Zoom in (+)"
            aria-label="Zoom in"
            onClick={() => zoomBy(0.5)}
          >
            <Icon name="plus" />
          </button>
          <button
            type="button"
            class="icon-button"
            title={range === undefined ? 'Show all (0)' : 'Zoom to the selection (z)'}
            aria-label={range === undefined ? 'Show all' : 'Zoom to the selection'}
            onClick={() => zoomToRange(store)}
          >
            <Icon name="fit" />
          </button>
        </div>
        <canvas ref={axis} aria-label="Time axis" role="img" />
      </div>
      <div
        class="tracks"
        ref={scroller}
        onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
      >
        {store.model.value === undefined && <p class="nothing">Reading what happened…</p>}
        <div class="space" style={{ height: `${layout.height}px` }}>
          <RowLabels layout={layout} />
          <canvas
            ref={canvas}
            role="img"
            aria-label={describe(store, layout)}
            style={{ cursor: hit === undefined ? 'crosshair' : 'pointer' }}
            onPointerDown={(event) => {
              if (event.button !== 0) return
              const { x, time: at } = place(event)
              drag.current = { x, time: at, moved: false }
              event.currentTarget.setPointerCapture(event.pointerId)
            }}
            onPointerMove={(event) => {
              const { x, y, time: at } = place(event)
              setPointer(at)
              const { current } = drag
              if (current !== undefined && (current.moved || Math.abs(x - current.x) > 4)) {
                current.moved = true
                setHit(undefined)
                setBrush(current.time <= at ? [current.time, at] : [at, current.time])
                return
              }
              const found = hitAt(layout, scale, x, y)
              setHit(found && { ...found, x: event.clientX, y: event.clientY })
            }}
            onPointerUp={(event) => {
              const { current } = drag
              drag.current = undefined
              if (current?.moved && brush !== undefined)
                store.go({ range: [brush[0] - start, brush[1] - start] })
              else if (current !== undefined) {
                const { x, y } = place(event)
                const found = hitAt(layout, scale, x, y)
                if (found === undefined) store.go({ range: undefined })
                else choose(found)
              }
              setBrush(undefined)
            }}
            onPointerLeave={() => {
              setPointer(undefined)
              setHit(undefined)
            }}
            onDblClick={(event) => {
              const { x, y } = place(event)
              const found = hitAt(layout, scale, x, y)
              if (found === undefined || !('start' in found.thing)) store.view.value = undefined
              else {
                const margin = Math.max(0.5, (found.thing.end - found.thing.start) * 0.1)
                store.view.value = [found.thing.start - margin, found.thing.end + margin]
              }
            }}
            onWheel={(event) => {
              if (event.ctrlKey || event.metaKey) {
                event.preventDefault()
                zoomBy(event.deltaY > 0 ? 1.25 : 0.8, place(event).time)
              } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
                event.preventDefault()
                pan(store, scale, event.deltaX || event.deltaY)
              }
            }}
          />
        </div>
      </div>
      {hit !== undefined && <Tooltip hit={hit} origin={origin} x={hit.x} y={hit.y} />}
      {range !== undefined && (
        <p class="range">
          {duration(range[1] - range[0])} chosen, from {offset(range[0] - origin)}
          <span class="unseen"> to {clock(range[1])}</span>
          <button type="button" class="quiet" onClick={() => store.go({ range: undefined })}>
            <Icon name="close" />
            Clear
          </button>
        </p>
      )}
    </section>
  )
}

/** Makes the timeline show the chosen span of time, or everything. */
export const zoomToRange = (store: Store): void => {
  const { range } = store.link.value
  const { start } = store.index.value?.run ?? { start: 0 }
  const current = store.view.value
  if (range === undefined || (current && current[0] === start + range[0]))
    store.view.value = undefined
  else store.view.value = [start + range[0], start + range[1]]
}

/** Zooms around the middle. */
export const zoomTimeline = (store: Store, factor: number): void => {
  const [from, to] = store.view.value ?? store.limits.value
  store.view.value = zoom({ from, to }, factor, (from + to) / 2, store.limits.value)
}

// ---

/** Width of the names of rows, pixels; the style sheet has it, too. */
const gutter = 132

const pan = (store: Store, scale: Scale, pixels: number): void => {
  const [least, most] = store.limits.value
  const span = scale.to - scale.from
  const from = Math.max(least, Math.min(most - span, timeAt(scale, pixels)))
  store.view.value = [from, from + span]
}

const layoutOf = (store: Store, lines: ReadonlySet<string>): Layout => {
  const [model, index] = [store.model.value, store.index.value]
  if (model === undefined || index === undefined) return { rows: [], height: 0, suspensions: [] }
  const { services } = store.link.value
  const choice = {
    services,
    hasLines: (lane: string, service: string) => lines.has(trackKey(lane, service)),
  }
  const [node, chosen] = [store.testNode.value, store.chosen.value]
  return node === undefined || chosen === undefined
    ? layoutRun(model, index.lanes, store.closedLanes.value, choice)
    : layoutTest(model, node, chosen.attempt.test.touched, choice)
}

/** Tracks whose services wrote lines that belong to the chosen test. */
const tracksWithLines = (store: Store): ReadonlySet<string> => {
  const [logs, index, chosen] = [store.logs.value, store.index.value, store.chosen.value]
  const found = new Set<string>()
  if (logs === undefined || index === undefined || chosen === undefined) return found
  const all = index.services.length * index.lanes.length
  const { position, test } = chosen.attempt
  for (const row of logs.find({ test: position, from: test.start, to: test.end })) {
    found.add(trackKey(index.lanes[logs.lane(row)] ?? '', index.services[logs.service(row)] ?? ''))
    if (found.size === all) break
  }
  return found
}

const none: ReadonlyMap<string, Density> = new Map()

/** Counting a million lines takes longer than a frame, so it happens after one. */
const useDensity = (store: Store, { from, to, width }: Scale): ReadonlyMap<string, Density> => {
  const found = useSignal(none)
  const wanted = useSignal<Scale>({ from, to, width })
  const before = wanted.peek()
  useEffect(() => {
    if (before.from !== from || before.to !== to || before.width !== width)
      wanted.value = { from, to, width }
  }, [from, to, width])
  useSignalEffect(() => {
    const [logs, index, scale] = [store.logs.value, store.index.value, wanted.value]
    if (logs === undefined || index === undefined || scale.width <= 0) return
    const frame = requestAnimationFrame(() => {
      found.value = densityOf(logs, index, scale)
    })
    return () => cancelAnimationFrame(frame)
  })
  return found.value
}

const describe = (store: Store, { rows }: Layout): string => {
  const names = rows.filter(({ kind }) => kind === 'service').map(({ label }) => label)
  const what = store.chosen.value?.test.name ?? 'the run'
  return `Timeline of ${what}: ${names.join(', ')}. The panel Steps lists what it shows.`
}
