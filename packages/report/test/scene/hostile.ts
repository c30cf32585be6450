import { SceneWriter } from './scene-writer.ts'

/** What would set `owned` if it were run or shown as HTML. */
export const attacks = [
  '<img src=x onerror="window.owned=1">',
  '</script><script>window.owned=1</script>',
  '<!--<script>window.owned=1</script>-->',
  '"><svg onload=window.owned=1>',
  'javascript:window.owned=1',
  '{{window.owned=1}}',
  '\u001b]8;;javascript:window.owned=1\u0007click\u001b]8;;\u0007',
] as const

/** Writes a run whose services, tests, mails and spans attack the page. */
export const writeHostile = (folder: string): void => {
  const scene = new SceneWriter()
  const bad = attacks[0]
  const x = 'bad0000000000000#0'
  const origin = { x, l: 'lane_1' }
  scene.event(
    'run.start',
    0,
    {},
    { engine: { name: bad, version: bad }, root: `/srv/${bad}`, pid: 1 },
  )
  scene.event(
    'topology',
    1,
    {},
    {
      name: bad,
      services: { api: { image: bad, env: { [bad]: ['db.url'] } }, db: { image: attacks[3] } },
    },
  )
  scene.event('test.start', 10, origin, {
    i: 't',
    id: 'bad0000000000000',
    retry: 0,
    file: `${bad}.test.ts`,
    titlePath: [attacks[1], attacks[3]],
  })
  scene.event(
    'call.start',
    12,
    { ...origin, p: 't', s: 'api' },
    {
      i: 'c',
      method: bad,
      args: [...attacks],
      http: { method: 'GET', path: attacks[3] },
    },
  )
  scene.event(
    'call.end',
    40,
    { ...origin, s: 'api' },
    {
      i: 'c',
      status: 'failed',
      ms: 28,
      error: { code: 'EVIL', message: attacks.join('\n') },
    },
  )
  for (const [number, name] of attacks.entries())
    scene.event(
      'otlp.span',
      30 + number,
      { ...origin, s: 'api' },
      {
        trace: `${'0'.repeat(31)}1`,
        id: String(number + 1).padStart(16, '0'),
        name,
        ms: 3,
        attrs: { [name]: name },
      },
    )
  scene.event(
    'env.change',
    41,
    { ...origin, s: 'api' },
    { diff: { [bad]: [attacks[3], attacks[1]] } },
  )
  scene.event('exec.start', 42, { ...origin, p: 't', s: 'api' }, { i: 'e', argv: [...attacks] })
  scene.event(
    'exec.end',
    50,
    { ...origin, s: 'api' },
    { i: 'e', exit: 1, stdout: attacks.join('\n'), stderr: bad },
  )
  scene.event(
    'cap.mail',
    60,
    { ...origin, s: 'mail' },
    {
      id: '1',
      from: bad,
      to: [bad],
      subject: attacks[1],
      bytes: 1,
      text: attacks.join('\n'),
      html: `<base href="https://elsewhere.example.test/"><meta http-equiv="refresh" content="0;url=https://elsewhere.example.test/"><img src="https://elsewhere.example.test/pixel.png"><script>top.owned=1;parent.owned=1;window.owned=1</script><form action="https://elsewhere.example.test/"><button>Send</button></form><p id="seen">shown</p>${attacks.join('')}`,
      attachments: [{ name: bad, type: bad, bytes: 1 }],
    },
  )
  scene.log('lane_1', 'api', ...attacks.map((text, number) => [20 + number, text] as const))
  scene.log(
    'lane_1',
    'api',
    ...attacks.map(
      (text, number) =>
        [45 + number, JSON.stringify({ level: 'error', message: text, [text]: text })] as const,
    ),
  )
  scene.event('test.end', 70, origin, {
    i: 't',
    status: 'failed',
    touched: ['api'],
    error: attacks.join('\n'),
  })
  scene.write(folder, { id: bad })
}
