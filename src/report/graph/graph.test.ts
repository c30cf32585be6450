import { expect, test } from 'vitest'
import { crossingsOf, ordered } from './crossings.ts'
import { layersOf } from './layers.ts'
import { type GraphLayout, layoutGraph } from './layout.ts'
import { graphMermaid } from './mermaid.ts'
import { graphSvg } from './svg.ts'
import { graphText } from './text.ts'
import { type GraphTopology, topologyGraph, withStates, withUsage } from './topology-graph.ts'

const shop: GraphTopology = {
  name: 'shop',
  services: {
    db: {
      kind: 'postgres',
      image: 'postgres:17',
      share: 'run',
      ports: { sql: { port: 5432, scheme: 'postgres' } },
    },
    mail: { kind: 'mailhog' },
    pricing: { build: 'pricing' },
    api: {
      build: 'api',
      ports: { http: { port: 3000, scheme: 'http' } },
      env: {
        DATABASE_URL: ['db.url'],
        DATABASE_HOST: ['db.host'],
        SMTP: ['mail.smtp.url'],
        PUBLIC_URL: ['self.http.url'],
        BACK: ['web.http.url'],
        SIGNUP: [],
      },
      needs: { db: 'healthy', mail: 'healthy', pricing: 'started' },
    },
    web: { build: 'web', env: { API: ['api.http.url'] }, needs: { api: 'healthy' } },
    lonely: { image: 'busybox' },
  },
}

/** Any graph of so many services, the same one for the same seed. */
const graphOf = (count: number, seed: number): GraphTopology => {
  let state = seed
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const services = Array.from({ length: count }, (_, index) => {
    const refs = Array.from({ length: random(4) }, () => `s${random(count)}.url`)
    return [`s${index}`, { image: 'a', env: { URLS: refs } }] as const
  })
  return { name: 'any', services: Object.fromEntries(services) }
}

const overlaps = ({ nodes }: GraphLayout): string[] =>
  nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter(
        (b) =>
          a.x < b.x + b.width &&
          b.x < a.x + a.width &&
          a.y < b.y + b.height &&
          b.y < a.y + a.height,
      )
      .map((b) => `${a.node.name} ${b.node.name}`),
  )

test('the graph has one edge per pair of services, with the variables that refer to the other one', () => {
  const { nodes, edges } = topologyGraph(shop)
  expect(nodes.map(({ name, source, shared }) => `${name} ${source} ${shared}`)).toEqual([
    'db postgres true',
    'mail mailhog false',
    'pricing pricing false',
    'api api false',
    'web web false',
    'lonely busybox false',
  ])
  expect(edges).toEqual([
    { from: 'api', to: 'db', condition: 'healthy', keys: ['DATABASE_URL', 'DATABASE_HOST'] },
    { from: 'api', to: 'mail', condition: 'healthy', keys: ['SMTP'] },
    { from: 'api', to: 'web', keys: ['BACK'] },
    { from: 'api', to: 'pricing', condition: 'started', keys: [] },
    { from: 'web', to: 'api', condition: 'healthy', keys: ['API'] },
  ])
})

test('states and used connections are added to the graph', () => {
  const graph = withUsage(
    withStates(topologyGraph(shop), { api: { state: 'ready', url: 'http://127.0.0.1:1' } }),
    [{ from: 'api', to: 'db' }],
  )
  expect(graph.nodes[3]).toMatchObject({ name: 'api', state: 'ready', url: 'http://127.0.0.1:1' })
  expect(graph.nodes[0]).not.toHaveProperty('state')
  expect(graph.edges.filter(({ used }) => used).map(({ to }) => to)).toEqual(['db'])
})

test('the text of a graph lists what each service needs', () => {
  const graph = withStates(topologyGraph(shop), { db: { state: 'ready' } })
  expect(graphText(graph)).toBe(`shop
  db  (postgres, sql:5432, shared by all lanes)  ready
  mail  (mailhog)
  pricing  (pricing)
  api  (api, http:3000)
    → db  healthy  DATABASE_URL, DATABASE_HOST
    → mail  healthy  SMTP
    → web  without waiting  BACK
    → pricing  started
  web  (web)
    → api  healthy  API
  lonely  (busybox)`)
})

test('a service is in a later layer than all that need it, and next to what it needs', () => {
  // 0 → 1 → 2, 3 → 2, and 2 → 0 closes a cycle.
  const layers = layersOf(4, [
    [0, 1],
    [1, 2],
    [3, 2],
    [2, 0],
  ])
  expect(layers).toEqual([0, 1, 2, 1])
})

test('the order of a layer has no crossings if none are needed', () => {
  const layers = [
    [0, 1, 2],
    [3, 4, 5],
  ]
  const links = [
    [0, 5],
    [1, 4],
    [2, 3],
  ] as const
  expect(crossingsOf(layers, links)).toBe(3)
  expect(crossingsOf(ordered(layers, links), links)).toBe(0)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'services of any graph do not overlap and are inside: %i',
  (seed) => {
    const graph = topologyGraph(graphOf(4 * seed, seed))
    const layout = layoutGraph(graph)
    expect(overlaps(layout)).toEqual([])
    expect(layout.nodes).toHaveLength(4 * seed)
    expect(layout.edges).toHaveLength(graph.edges.length)
    for (const { x, y, width, height } of layout.nodes) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(layout.width)
      expect(y + height).toBeLessThanOrEqual(layout.height)
    }
  },
)

test('a service that needs another one is left of it', () => {
  const { nodes } = layoutGraph(topologyGraph(shop))
  const left = (name: string) => nodes.find(({ node }) => node.name === name)?.x ?? 0
  expect(left('api')).toBeLessThan(left('db'))
  expect(left('api')).toBeLessThan(left('mail'))
})

test('a topology without services has a layout', () => {
  expect(layoutGraph({ name: 'none', nodes: [], edges: [] })).toMatchObject({
    nodes: [],
    edges: [],
  })
})

test('names and sources cannot become markup in the SVG and in Mermaid', () => {
  const graph = topologyGraph({
    name: '</svg><script>alert(1)</script>',
    services: { a: { image: '"x"<b>', env: { '<i>': ['b.url'] } }, b: { image: '\u001b[2J' } },
  })
  const svg = graphSvg(graph)
  expect(svg).not.toMatch(/<script|<b>|<i>/)
  expect(svg).not.toContain('\u001b')
  expect(svg.match(/<\/svg>/g)).toHaveLength(1)
  const mermaid = graphMermaid(graph)
  expect(mermaid).toContain('#quot;x#quot;#lt;b#gt;')
  expect(mermaid).not.toContain('<b>')
})

test('the Mermaid flowchart has shared servers as cylinders, and dotted lines where nothing is waited for', () => {
  const graph = withStates(topologyGraph(shop), { api: { state: 'failed' } })
  const text = graphMermaid(graph)
  expect(text).toContain('  s0[("db<br/><small>postgres</small>")]\n')
  expect(text).toContain('  s3 -->|"DATABASE_URL<br/>DATABASE_HOST"| s0\n')
  expect(text).toContain('  s3 -.->|"BACK"| s4\n')
  expect(text).toContain('  s3 -.-> s2\n')
  expect(text).toContain('  class s3 bad\n')
})
