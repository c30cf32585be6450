import { duration } from '../duration.ts'
import { line, type Span } from './style.ts'
import { isBusy, type Tree, type TreeRow } from './tree.ts'

/** How a tree is drawn. */
export interface TreeLook {
  /** Width to cut lines to, in characters; `Infinity` for uncut lines. */
  readonly columns: number
  /** Whether to use colours. */
  readonly color: boolean
  /** Current time in milliseconds, from the clock that the tree was made with. */
  readonly now: number
  /** Draws no spinners and no running times, for output that stays. Default false. */
  readonly still?: boolean
}

/** Returns the lines of a tree: a title with the count of ready services, then each service with state and time. */
export const renderTree = (tree: Tree, look: TreeLook): string[] => {
  const rows = tree.rows.filter(({ state }) => state !== 'removed')
  const groups = [...Map.groupBy(rows, ({ lane }) => lane)].sort(sharedFirst)
  const lanes = groups.filter(([lane]) => lane !== 'run')
  const widths = {
    service: Math.max(0, ...rows.map(({ service }) => service.length)),
    state: Math.max(0, ...rows.map((row) => wordFor(row).length)),
  }
  const show = (row: TreeRow, indent: string) => line(spansOf(row, indent, widths, look), look)
  const warnings = (tree.warnings ?? []).map((text) =>
    line([{ text: '  ! ', look: 'yellow' }, { text }], look),
  )
  // One lane needs no headings.
  if (lanes.length <= 1)
    return [title(tree, rows, look), ...rows.map((row) => show(row, '  ')), ...warnings]
  return [
    title(tree, rows, look),
    ...groups.flatMap(([lane, members]) => [
      line([{ text: `  ${lane === 'run' ? 'shared' : (lane ?? '')}`, look: 'bold' }], look),
      ...members.map((row) => show(row, '    ')),
    ]),
    ...warnings,
  ]
}

/** Returns state, time and details of a row as text. */
export const describeRow = (row: TreeRow, now: number): string =>
  [wordFor(row), timeOf(row, now), noteOf(row)].filter((part) => part !== '').join('  ')

// ---

type Groups = [string | undefined, TreeRow[]]

const sharedFirst = ([a]: Groups, [b]: Groups): number => {
  if (a === b) return 0
  if (a === 'run' || b === 'run') return a === 'run' ? -1 : 1
  return (a ?? '').localeCompare(b ?? '', 'en', { numeric: true })
}

const title = (tree: Tree, rows: readonly TreeRow[], look: TreeLook): string => {
  const ready = rows.filter((row) => row.state === 'ready' || isDone(row)).length
  const busy = rows.some(isBusy)
  const time = busy && look.still !== true ? `  ${duration(look.now - tree.began)}` : ''
  return line(
    [
      { text: tree.title, look: 'bold' },
      { text: `  ${ready} of ${rows.length} ready${time}`, look: 'dim' },
    ],
    look,
  )
}

const spansOf = (
  row: TreeRow,
  indent: string,
  widths: { readonly service: number; readonly state: number },
  look: TreeLook,
): Span[] => {
  const [glyph, paint] = signOf(row, look)
  const note = noteOf(row)
  return [
    { text: indent },
    { text: glyph, look: paint },
    { text: ` ${row.service.padEnd(widths.service)}` },
    { text: `  ${wordFor(row).padEnd(widths.state)}`, look: paint },
    { text: `  ${timeOf(row, look.now).padStart(6)}`, look: 'dim' },
    note === ''
      ? { text: `  ${row.urls.join('  ')}`, look: 'cyan' }
      : { text: `  ${note}`, look: 'dim' },
  ]
}

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const spinnerMs = 80

const signOf = (row: TreeRow, { now, still = false }: TreeLook): [string, Span['look']] => {
  if (isBusy(row)) {
    const frame = Math.floor(now / spinnerMs) % spinner.length
    return [still ? '…' : (spinner[frame] ?? '…'), 'yellow']
  }
  if (isDone(row)) return ['✔', 'green']
  switch (row.state) {
    case 'ready':
      return ['✔', 'green']
    case 'failed':
    case 'exited':
      return ['✖', 'red']
    case 'paused':
      return ['‖', 'yellow']
    case 'stopped':
      return ['■', 'dim']
    default:
      return ['·', 'dim']
  }
}

/** Exit code 0 is not a crash. */
const isDone = ({ state, note }: TreeRow): boolean => state === 'exited' && note === 'exit code 0'

const wordFor = (row: TreeRow): string => {
  if (isDone(row)) return 'done'
  return row.state === 'unstarted' ? 'not started' : row.state
}

const noteOf = (row: TreeRow): string => (isDone(row) ? '' : row.note)

const timeOf = ({ since, tookMs, state }: TreeRow, now: number): string => {
  if (isBusy({ state }) && since !== undefined) return duration(now - since)
  return tookMs === undefined ? '' : duration(tookMs)
}
