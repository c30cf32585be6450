import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import { makeProject, type RunProject, user } from '../test/run-project.ts'

/*
 * The built command in a project of its own. Most tests share a topology that `up` keeps, as a user who tries things;
 * those about the end of a run start one of their own.
 */

const image = 'node:24-trixie-slim'
const made: { warm?: RunProject } = {}
const warm = (): RunProject => {
  if (made.warm === undefined) throw new Error('the project exists only while tests run')
  return made.warm
}

beforeAll(async () => {
  made.warm = makeProject()
  expect(await made.warm.mesocosm('up', 'api')).toMatchObject({ code: 0 })
})
afterAll(() => made.warm?.[Symbol.asyncDispose]())

const run = (...args: string[]) => warm().mesocosm('run', 'api', ...args)
const sh = (script: string) => ['--', 'sh', '-c', script]
const fetchApi =
  "node -e 'fetch(process.env.API_HTTP_URL).then(async r => console.log(await r.text()))'"

describe('a command on this machine', () => {
  test('gets the addresses of the services, and its exit code is that of mesocosm', async () => {
    const { code, stdout, stderr } = await run(...sh(`${fetchApi}; echo "$API_PORT"; exit 7`))
    expect({ code, stderr }).toEqual({ code: 7, stderr: '' })
    expect(stdout).toMatch(/^hello\n\d+\n$/)
  })

  test('reads piped input and writes both outputs', async () => {
    const command = warm().start(['run', 'api', ...sh('cat; echo wrong >&2')], { input: 'in\n' })
    expect(await command.ended).toEqual({ code: 0, stdout: 'in\n', stderr: 'wrong\n' })
  })

  test('and its children get a signal, and the exit code is 128 and its number', async () => {
    const child =
      'sh -c \'trap "echo child; exit 0" TERM; echo ready; while :; do sleep 0.05; done\''
    const command = warm().start(['run', 'api', ...sh(`${child} & wait`)])
    await command.printed('ready')
    command.child.kill('SIGTERM')
    expect(await command.ended).toMatchObject({ code: 143, stdout: 'ready\nchild\n' })
  })

  test('gets one SIGINT when npm sends a second one, and the next after a second', async () => {
    const script =
      'trap "echo int" INT; trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done'
    const command = warm().start(['run', 'api', ...sh(script)])
    await command.printed('ready')
    command.child.kill('SIGINT')
    command.child.kill('SIGINT')
    await command.printed('int')
    command.child.kill('SIGTERM')
    expect(await command.ended).toMatchObject({ code: 3, stdout: 'ready\nint\n' })
  })

  test('that is missing is exit code 127', async () => {
    expect(await run('--', 'no-such-program')).toEqual({
      code: 127,
      stdout: '',
      stderr: 'mesocosm: no-such-program: command not found\n',
    })
  })

  test('has the terminal of mesocosm', async () => {
    const line = `'${process.execPath}' '${bin}' run api -- sh -c 'test -t 0 && test -t 1 && stty size'`
    const { code, stdout } = await warm().start([], { argv: inTerminal(line) }).ended
    expect({ code, size: /41 97/.test(stdout) }).toEqual({ code: 0, size: true })
  })
})

describe('a command in a container', () => {
  const inContainer = (script: string) => run('--image', image, ...sh(script))

  test('runs as the caller in the project, and what it writes belongs to the caller', async () => {
    const { code, stdout } = await inContainer('id -u; id -g; pwd; echo made > made.txt; exit 5')
    const { folder } = warm()
    expect({ code, stdout }).toEqual({ code: 5, stdout: `${user.uid}\n${user.gid}\n${folder}\n` })
    const { uid, gid } = statSync(join(folder, 'made.txt'))
    expect({ uid, gid }).toEqual(user)
  })

  test('reaches the services under their names', async () => {
    const { stdout } = await inContainer(`${fetchApi}; echo "$API_HTTP_URL"`)
    expect(stdout).toBe('hello\nhttp://api:3000\n')
  })

  test('cannot change its image, has no socket of the engine, and gains no privileges', async () => {
    const script = `
      touch /etc/x 2>/dev/null && echo 'root is writable'
      touch /tmp/x "$HOME/x" && echo 'tmp and home are writable'
      cp /bin/true /tmp/program && /tmp/program && echo 'programs in tmp run'
      find / -xdev -name '*.sock' -type s 2>/dev/null
      ls /var/run/docker.sock /run/docker.sock 2>/dev/null
      grep NoNewPrivs /proc/self/status`
    expect((await inContainer(script)).stdout).toBe(
      'tmp and home are writable\nprograms in tmp run\nNoNewPrivs:\t1\n',
    )
  })

  test('reads piped input to its end', async () => {
    const args = ['run', 'api', '--image', image, ...sh('cat; echo wrong >&2')]
    const command = warm().start(args, { input: 'in\n' })
    expect(await command.ended).toEqual({ code: 0, stdout: 'in\n', stderr: 'wrong\n' })
  })

  test('and its children get a signal', async () => {
    const child =
      'sh -c \'trap "echo child; exit 0" TERM; echo ready; while :; do sleep 0.05; done\''
    const script = `trap 'wait; exit 6' TERM; ${child} & wait`
    const command = warm().start(['run', 'api', '--image', image, ...sh(script)])
    await command.printed('ready')
    command.child.kill('SIGTERM')
    expect(await command.ended).toMatchObject({ code: 6, stdout: 'ready\nchild\n' })
  })

  test('that a signal ends has exit code 128 and its number', async () => {
    const args = ['run', 'api', '--image', image, ...sh('echo ready; exec sleep 1000')]
    const command = warm().start(args)
    await command.printed('ready')
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({ code: 130 })
  })

  test('that is missing is exit code 127', async () => {
    expect(await run('--image', 'debian:trixie-slim', '--', 'no-such-program')).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('no-such-program'),
    })
  })

  test('has a terminal of the same size, which passes Ctrl-C to it', async () => {
    // The size comes just after the start. "ready" is also what mesocosm prints of services.
    const script = `
      trap "echo interrupted; exit 9" INT
      test -t 0 && test -t 1 && until stty size | grep "41 97"; do sleep 0.05; done
      echo loops; while :; do sleep 0.05; done`
    const line = `'${process.execPath}' '${bin}' run api --image ${image} -- sh -c '${script.replaceAll("'", "'\\''")}'`
    const command = warm().start([], { argv: inTerminal(line), open: true })
    await command.printed('loops')
    command.child.stdin?.write('\x03')
    const { code, stdout } = await command.ended
    expect(code).toBe(9)
    expect(stdout).toContain('41 97')
    expect(stdout).toContain('interrupted')
  })

  test('of a declared service has its image, files, mounts and env, and the service is not started', async () => {
    const script = 'cat /etc/tests.conf /shared/note; echo; echo "$TARGET"; pwd; id -u'
    const { code, stdout, stderr } = await warm().mesocosm('run', '--in', 'tests', ...sh(script))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`from the topologyshared\nhttp://api:3000\n${warm().folder}\n${user.uid}\n`)
    const [{ lanes }] = JSON.parse((await warm().mesocosm('ps', '--json')).stdout)
    const services = lanes[0].services as { name: string; state: string }[]
    expect(services.find(({ name }) => name === 'tests')?.state).toBe('unstarted')
  })

  test('is removed when mesocosm is killed', async () => {
    const args = ['run', 'api', '--image', image, ...sh('echo ready; sleep 1000')]
    const command = warm().start(args)
    await command.printed('ready')
    expect((await warm().left()).filter((name) => name.includes('command'))).toHaveLength(1)
    command.child.kill('SIGKILL')
    await eventually(async () => {
      expect((await warm().left()).filter((name) => name.includes('command'))).toEqual([])
    })
  })
})

describe('the Control API', () => {
  const ask = `node --input-type=module -e '
    const { MESOCOSM_URL: url, MESOCOSM_TOKEN: token, API_HTTP_URL: api } = process.env
    const call = (method, path, body) =>
      fetch(url + path, {
        method,
        headers: { authorization: "Bearer " + token, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const greet = async () => (await fetch(api)).text()
    const before = await greet()
    const changed = await call("PATCH", "/v1/services/api/env", { GREETING: "ahoy" })
    console.log(changed.status, before, await greet())
    const reset = await call("POST", "/v1/lane/reset", { level: "deep" })
    console.log(reset.status, await greet())
  '`

  test.each([
    ['on this machine', []],
    ['in a container', ['--image', image]],
  ])('changes and resets the lane of a command %s', async (_, where) => {
    const { stdout, stderr } = await run(...where, ...sh(ask))
    expect({ stdout, stderr }).toEqual({ stdout: '200 hello ahoy\n200 hello\n', stderr: '' })
  })
})

describe('several lanes', () => {
  test('share the files, the longest first, and the durations are kept for the next run', async () => {
    const project = warm()
    for (const name of ['a', 'b', 'c', 'd'])
      project.write(`${name}.case`, `sleep 0.${{ a: 1, b: 2, c: 1, d: 4 }[name]}; echo ${name} ran`)
    // A damaged file is the same as none.
    await project.mesocosm(
      'run',
      'api',
      ...sh('mkdir -p .mesocosm; echo "{" > .mesocosm/durations.json'),
    )
    const script = 'for f in "$@"; do sh "$f"; done; echo "command of $MESOCOSM_LANE_INDEX: $*"'
    const split = () =>
      run('--lanes', '2', '--split', '*.case', '--', 'sh', '-c', script, 'sh', '{files}')
    const first = await split()
    expect(first.code).toBe(0)
    // Unknown files are measured one by one.
    expect(commands(first.stdout)).toHaveLength(4)
    for (const name of ['a', 'b', 'c', 'd'])
      expect(first.stdout).toMatch(new RegExp(`^lane_[12] \\| ${name} ran$`, 'm'))
    const kept = JSON.parse(readFileSync(join(project.folder, '.mesocosm/durations.json'), 'utf8'))
    expect(Object.keys(kept.files)).toEqual(['a.case', 'b.case', 'c.case', 'd.case'])
    const second = await split()
    expect(commands(second.stdout)).toHaveLength(2)
    expect(second.stderr).toMatch(
      /^2 lanes in \d+\.\d s, efficiency \d+ %\n {2}lane_\d +\d+\.\d s {2}\d files?\n {2}lane_\d .*\n {2}bound: \d+\.\d s, the slowest file [a-d]\.case\n$/,
    )
  })

  test('end with the exit code of the worst, and a lane of its own for each', async () => {
    const { code, stdout } = await run(
      '--lanes',
      '2',
      ...sh('echo "$MESOCOSM_LANE"; exit $((MESOCOSM_LANE_INDEX + 3))'),
    )
    expect(code).toBe(4)
    expect(stdout.trim().split('\n').sort()).toEqual(['lane_1 | lane_1', 'lane_2 | lane_2'])
  })

  test('are as many as the engine has CPUs and memory for, and a sentence says so', async () => {
    const { code, stderr } = await run('--lanes', '999', ...sh('exit 0'))
    expect(code).toBe(0)
    expect(stderr).toMatch(/^mesocosm: \d+ lanes? instead of 999: [^\n]+\n$/)
  })

  test('without a file that matches start no command', async () => {
    const { code, stderr } = await run('--split', '*.none', '--', 'echo', '{files}')
    expect(code).toBe(1)
    expect(stderr).toContain('no file matches "*.none"')
  })
})

describe('a run of its own', () => {
  test('is removed before mesocosm returns', async () => {
    await using project = makeProject()
    expect(await project.mesocosm('run', 'api', ...sh('exit 0'))).toMatchObject({ code: 0 })
    expect(await project.left()).toEqual([])
  })

  test('is removed when a signal comes while its services start', async () => {
    await using project = makeProject()
    const command = project.start(['run', 'api', ...sh('echo started')])
    await eventually(async () => expect(await project.left()).not.toEqual([]))
    command.child.kill('SIGINT')
    const { code, stdout } = await command.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(await project.left()).toEqual([])
  })

  test('is also used by tests that the command starts', async () => {
    await using project = makeProject()
    project.write(
      'nested.mjs',
      `import { lease } from 'mesocosm'
       import { topology } from './topology.ts'
       const lane = await lease(topology, { services: ['api'] })
       console.log(lane.name)
       await lane.release()`,
    )
    const { code, stdout } = await project.mesocosm(
      'run',
      'api',
      '--',
      process.execPath,
      'nested.mjs',
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'lane_2\n' })
  })
})

test.each([
  [['api'], 'missing command after --'],
  [['--image', 'a', '--in', 'b', '--', 'true'], '--image and --in cannot be used together'],
  [['--split', '*', '--', 'true'], '--split needs {files} in the command'],
  [['--lanes', '0', '--', 'true'], '--lanes must be an integer of at least 1'],
  [['--docker', '--debug', '--', 'true'], '--docker is not supported yet\n--debug is not'],
])('wrong usage is exit code 2: %j', async (args, text) => {
  const { code, stderr } = await warm().mesocosm('run', ...args)
  expect({ code, text: stderr.includes(text) }).toEqual({ code: 2, text: true })
})

// ---

const bin = join(import.meta.dirname, '../bin/mesocosm.js')

/** Starts a shell line on a terminal of 41 rows and 97 columns. */
const inTerminal = (line: string): string[] => [
  'script',
  '-qec',
  `stty rows 41 cols 97; ${line}`,
  '/dev/null',
]

const commands = (output: string): string[] =>
  output.split('\n').filter((line) => line.includes('command of'))

test('the lane of a failed command is kept if MESOCOSM_KEEP asks for it, and `down` removes it', async () => {
  await using project = makeProject()
  const { code, stderr } = await project.start(['run', ...sh('exit 3')], {
    env: { MESOCOSM_KEEP: 'failed' },
  }).ended
  expect(code).toBe(3)
  expect(stderr).toContain('is kept as “sh -c exit 3” left it, for 60 min')
  const { stdout } = await project.mesocosm('lanes', '--kept', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{ state: 'kept', kept: { title: 'sh -c exit 3' } }])
  expect(await project.mesocosm('down')).toMatchObject({ code: 0 })
})
