import { detailOf, layoutGraph, type PlacedEdge, type PlacedNode } from './layout.ts'
import { stateLook } from './state-look.ts'
import type { GraphEdge, TopologyGraph } from './topology-graph.ts'

/** Returns the picture of a graph as an SVG document that needs nothing else and follows a dark color scheme. */
export const graphSvg = (graph: TopologyGraph): string => {
  const { width, height, nodes, edges } = layoutGraph(graph)
  const title = 34
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + title}" width="${width}" height="${height + title}" role="img" aria-label="${escaped(`services of ${graph.name}`)}">
<style>${style}</style>
<defs>${marker('arrow')}${marker('arrow-idle')}</defs>
<rect class="page" width="100%" height="100%"/>
<text class="title" x="16" y="26">${escaped(graph.name)}</text>
<g transform="translate(0 ${title - 8})">
${edges.toSorted(idleFirst).map(edgeSvg).join('\n')}
${nodes.map(nodeSvg).join('\n')}
</g>
</svg>
`
}

// ---

/** Light, and dark where the viewer prefers it. */
const style = `
svg{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color-scheme:light dark;--page:#fff;--box:#f7f8fa;--line:#d3d8e0;--text:#1c2330;--soft:#667085;--edge:#98a2b3;--good:#1a7f4b;--busy:#b7791f;--bad:#c4320a;--off:#98a2b3}
@media (prefers-color-scheme:dark){svg{--page:#14171d;--box:#1d222b;--line:#363e4b;--text:#e6e9ef;--soft:#98a2b3;--edge:#667085;--good:#4cc38a;--busy:#f0b44c;--bad:#ff7a5c;--off:#667085}}
.page{fill:var(--page)}.title{fill:var(--text);font-size:15px;font-weight:600}
.box{fill:var(--box);stroke:var(--line)}.inner{fill:none;stroke:var(--line)}
.name{fill:var(--text);font-size:13px;font-weight:600}.detail{fill:var(--soft);font-size:11px;font-variant-numeric:tabular-nums}
.edge{fill:none;stroke:var(--edge);stroke-width:1.5}.wait-started{stroke-dasharray:5 4}.no-wait{stroke-dasharray:1.5 4;stroke-linecap:round}
.idle{stroke:var(--line)}.head{fill:var(--edge)}.head-idle{fill:var(--line)}
.good{fill:var(--good)}.busy{fill:var(--busy)}.bad{fill:var(--bad)}.off{fill:none;stroke:var(--off);stroke-width:1.5}
.bad-box{stroke:var(--bad)}`

const marker = (id: 'arrow' | 'arrow-idle') =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="${id === 'arrow' ? 'head' : 'head-idle'}" d="M0 0.5 8 4 0 7.5Z"/></marker>`

/** Lines that were used are above the others. */
const idleFirst = (a: PlacedEdge, b: PlacedEdge): number =>
  Number(a.edge.used ?? true) - Number(b.edge.used ?? true)

const edgeSvg = ({ edge, path }: PlacedEdge): string => {
  const idle = edge.used === false
  const looks = ['edge', waitOf(edge), ...(idle ? ['idle'] : [])].filter((look) => look !== '')
  return `<path class="${looks.join(' ')}" d="${path}" marker-end="url(#${idle ? 'arrow-idle' : 'arrow'})"><title>${escaped(edgeText(edge))}</title></path>`
}

const waitOf = ({ condition }: GraphEdge): string => {
  if (condition === undefined) return 'no-wait'
  return condition === 'started' ? 'wait-started' : ''
}

/** Returns what an edge means: `api → db, waits until it is healthy: DATABASE_URL`. */
const edgeText = ({ from, to, condition, keys, used }: GraphEdge): string => {
  const wait = condition === undefined ? 'does not wait' : `waits until it is ${condition}`
  const idle = used === false ? ', not used in this run' : ''
  return `${from} → ${to}, ${wait}${keys.length === 0 ? '' : `: ${keys.join(', ')}`}${idle}`
}

const nodeSvg = ({ node, x, y, width, height }: PlacedNode): string => {
  const { name, source, ports, shared, state, url } = node
  const look = stateLook(state)
  const room = Math.floor((width - 24) / 6.2)
  const detail = detailOf(source, ports)
  const facts = [
    name,
    source,
    ...(shared ? ['shared by all lanes'] : []),
    ...(state === undefined ? [] : [state]),
    ...(url === undefined ? [] : [url]),
  ]
  const dot = look === undefined ? '' : stateMark(look, x + width - 16, y + 17)
  const inner = shared
    ? `<rect class="inner" x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="5"/>`
    : ''
  return `<g><title>${escaped(facts.join('\n'))}</title><rect class="box${look === 'bad' ? ' bad-box' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>${inner}<text class="name" x="${x + 12}" y="${y + 20}">${escaped(clipped(name, Math.floor((width - 36) / 7.6)))}</text><text class="detail" x="${x + 12}" y="${y + 36}">${escaped(clipped(detail, room))}</text>${dot}</g>`
}

/** States differ by shape as well as by color. */
const stateMark = (
  look: NonNullable<ReturnType<typeof stateLook>>,
  x: number,
  y: number,
): string => {
  if (look === 'bad')
    return `<path class="bad" d="M${x - 4.5} ${y - 4.5}h9v9h-9Z" transform="rotate(45 ${x} ${y})"/>`
  if (look === 'busy') return `<path class="busy" d="M${x - 4.5} ${y + 4}h9l-4.5-8.5Z"/>`
  return `<circle class="${look}" cx="${x}" cy="${y}" r="${look === 'off' ? 4 : 4.5}"/>`
}

const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`

const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot contain control characters
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
