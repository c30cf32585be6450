import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { debugLaunch } from './debug-launch.ts'
import type { LaunchFacts } from './launch/program.ts'
import { debugPortOf } from './ports.ts'

const facts = (more: Partial<LaunchFacts> = {}): LaunchFacts => ({
  service: 'api',
  program: { env: {} },
  image: { env: {} },
  port: 9229,
  ...more,
})

describe('node', () => {
  test('NODE_OPTIONS of the service are kept, and win over those of the image', () => {
    const image = { env: { NODE_OPTIONS: '--enable-source-maps' } }
    expect(debugLaunch('node', facts({ image })).env).toEqual({
      NODE_OPTIONS: '--enable-source-maps --inspect=127.0.0.1:9229',
    })
    const program = { env: { NODE_OPTIONS: '--no-warnings', A: 'b' }, command: ['node', 'x.js'] }
    expect(debugLaunch('node', facts({ image, program, break: true }))).toEqual({
      env: { NODE_OPTIONS: '--no-warnings --inspect-brk=127.0.0.1:9229', A: 'b' },
      command: ['node', 'x.js'],
      files: [],
    })
  })

  test.each([
    [['npm', 'start']],
    [['/usr/local/bin/pnpm', 'run', 'dev']],
    [['sh', '-c', 'exec npm run serve']],
    [['node_modules/.bin/tsx', 'src/main.ts']],
  ])('a program that %j starts has the debugger, not the starter', (command) => {
    const { env } = debugLaunch('node', facts({ program: { env: {}, command } }))
    expect(env.NODE_OPTIONS).toMatch(/^--import=data:/)
  })

  test('of two processes of npm start, the second one opens the inspector', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesocosm-debug-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const child = join(folder, 'app.js')
    const npm = join(folder, 'npm-cli.js')
    writeFileSync(child, "console.log('app', require('node:inspector').url() !== undefined)")
    writeFileSync(
      npm,
      `console.log('npm', require('node:inspector').url() !== undefined)
       const { spawnSync } = require('node:child_process')
       spawnSync(process.execPath, [${JSON.stringify(child)}], { stdio: 'inherit' })`,
    )
    const program = { env: { NODE_OPTIONS: '' }, command: ['npm', 'start'] }
    // Port 0: any free one.
    const { env } = debugLaunch('node', facts({ program, port: 0 }))
    const { stdout } = spawnSync(process.execPath, [npm], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    })
    expect(stdout).toBe('npm false\napp true\n')
  })
})

describe('python', () => {
  test('a module before all others on PYTHONPATH starts debugpy', () => {
    const program = { env: { PYTHONPATH: '/srv/lib' }, command: ['python', 'app.py'] }
    const launch = debugLaunch('python', facts({ program, port: 5678 }))
    expect(launch).toMatchObject({
      command: ['python', 'app.py'],
      env: { PYTHONPATH: '/.mesocosm/debug/python:/srv/lib', MESOCOSM_DEBUG_PORT: '5678' },
    })
    expect(launch.env).not.toHaveProperty('MESOCOSM_DEBUG_WAIT')
    expect(launch.files.map(({ to }) => to)).toEqual(['/.mesocosm/debug/python/sitecustomize.py'])
  })

  test('debugpy of this machine is copied in, and used only if the image has none', () => {
    for (const debugpy of ['/opt/packages', '/opt/packages/debugpy']) {
      const launch = debugLaunch('python', facts({ debugpy, folder: '/tmp/x', break: true }))
      expect(launch.env).toMatchObject({
        PYTHONPATH: '/tmp/x/python:/tmp/x/python-packages',
        MESOCOSM_DEBUG_WAIT: '1',
      })
      expect(launch.files).toContainEqual({
        from: '/opt/packages/debugpy',
        to: '/tmp/x/python-packages/debugpy',
      })
    }
  })
})

describe('php', () => {
  test('Xdebug connects to the service itself, by its environment and by a file of settings', () => {
    const image = { env: { XDEBUG_MODE: 'coverage,off', XDEBUG_CONFIG: 'idekey=me' } }
    const { env, files } = debugLaunch('php', facts({ image, port: 9003 }))
    expect(env).toEqual({
      XDEBUG_MODE: 'coverage,debug',
      XDEBUG_CONFIG: 'idekey=me client_host=127.0.0.1 client_port=9003',
      XDEBUG_SESSION: '1',
      PHP_INI_SCAN_DIR: ':/.mesocosm/debug/php',
    })
    expect(files).toMatchObject([{ content: expect.stringContaining('client_port = 9003\n') }])
  })
})

describe('java', () => {
  test.each([
    [false, 'n'],
    [true, 'y'],
  ])('the agent is added to JAVA_TOOL_OPTIONS (break: %s)', (stop, suspend) => {
    const program = { env: { JAVA_TOOL_OPTIONS: '-Xmx64m' } }
    expect(debugLaunch('java', facts({ program, port: 5005, break: stop })).env).toEqual({
      JAVA_TOOL_OPTIONS: `-Xmx64m -agentlib:jdwp=transport=dt_socket,server=y,suspend=${suspend},address=127.0.0.1:5005`,
    })
  })
})

describe('go', () => {
  const image = { env: {}, entrypoint: ['/srv/api'], command: ['--verbose'] }

  test('the command of the image runs in Delve', () => {
    const launch = debugLaunch('go', facts({ image, port: 2345 }))
    expect([...(launch.entrypoint ?? []), ...(launch.command ?? [])].join(' ')).toBe(
      'dlv exec /srv/api --headless --listen=127.0.0.1:2345 --api-version=2 --accept-multiclient ' +
        '--only-same-user=false --continue -- --verbose',
    )
  })

  test('the command of the service replaces the arguments of the image, its entrypoint both', () => {
    const argvOf = (program: LaunchFacts['program']): readonly string[] => {
      const { entrypoint = [], command = [] } = debugLaunch('go', facts({ image, program }))
      return [...entrypoint, ...command]
    }
    expect(argvOf({ env: {}, command: ['-p', '1'] }).slice(-3)).toEqual(['--', '-p', '1'])
    expect(argvOf({ env: {}, entrypoint: ['/other'] })).toEqual(expect.arrayContaining(['/other']))
    expect(argvOf({ env: {}, entrypoint: ['/other'] })).not.toContain('--verbose')
  })

  test('a program without a path is looked up by the shell', () => {
    const launch = debugLaunch('go', facts({ program: { env: {}, command: ['api', 'x'] } }))
    expect(launch.entrypoint).toEqual(['/bin/sh'])
    expect(launch.command?.slice(0, 3)).toEqual([
      '-c',
      expect.stringMatching(/; exec dlv exec "\$\(command -v "\$0"\)" "\$@"$/),
      'api',
    ])
  })

  test('without a command it is DEBUGGER_UNAVAILABLE', () => {
    expect(() => debugLaunch('go', facts())).toThrow(
      expect.objectContaining({
        code: 'DEBUGGER_UNAVAILABLE',
        facts: { service: 'api', kind: 'go' },
      }),
    )
  })
})

test('without a kind nothing changes', () => {
  const program = { env: { A: 'b' }, command: ['x'] }
  expect(debugLaunch(undefined, facts({ program }))).toEqual({ ...program, files: [] })
})

test('the port of a debugger is the one that is set, else the usual one of the language', () => {
  expect(debugPortOf({ kind: 'go' })).toBe(2345)
  expect(debugPortOf({ kind: 'go', port: 1 })).toBe(1)
  expect(debugPortOf({})).toBeUndefined()
})
