import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { RuntimeEvent } from '../container-event.ts'
import {
  type ContractHarness,
  type ContractPrograms,
  runtimeContract,
} from '../contract/contract.ts'
import { createMemoryRuntime, type MemoryRuntime, type RuntimeCall } from './memory-runtime.ts'
import type { CommandContext, MemoryImage, ProgramContext } from './program.ts'

const programs: ContractPrograms = {
  print: (count, exitCode) => ['print', `${count}`, `${exitCode}`],
  serve: (port, text) => ['serve', `${port}`, text],
  wait: () => ['wait'],
  copy: (exitCode) => ['copy', `${exitCode}`],
  size: () => ['size'],
  hog: () => ['hog'],
  exec: {
    show: (path) => ['show', path],
    env: (name) => ['env', name],
    echo: () => ['echo'],
    fetch: (host, port) => ['fetch', host, `${port}`],
    lookup: (name) => ['lookup', name],
    fill: (bytes) => ['fill', `${bytes}`],
    linger: () => ['linger'],
    lingering: () => ['lingering'],
  },
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()))

const main = async (context: ProgramContext): Promise<number> => {
  const [what, first = '', second = ''] = context.argv
  if (what === 'print') {
    for (let line = 1; line <= Number(first); line++) context.print(`line ${line}\n`)
    context.print('last\n', 'stderr')
    return Number(second)
  }
  if (what === 'copy') {
    for await (const bytes of context.input) context.print(String(bytes))
    context.print('done\n', 'stderr')
    return Number(first)
  }
  if (what === 'size') {
    for await (const bytes of context.input) {
      if (String(bytes) === 'exit\n') return 0
      const { rows, columns } = context.terminalSize() ?? { rows: 0, columns: 0 }
      context.print(`${rows} ${columns}\n`)
    }
    return 1
  }
  if (what === 'hog') context.outOfMemory()
  if (what === 'serve') {
    const http = createServer((_, response) => response.end(second))
    await context.listen(Number(first), (socket) => void http.emit('connection', socket))
    context.print('listening\n')
  }
  if (what !== 'wait') return aborted(context.over).then(() => 137)
  context.print('up\n')
  return new Promise((resolve) => {
    context.onSignal('SIGTERM', () => {
      context.print('bye\n')
      resolve(0)
    })
  })
}

const lingering = new Set<CommandContext>()

const image: MemoryImage = {
  run: main,
  exec: {
    show: ({ argv, files, print }) => {
      const file = files.read(argv[1] ?? '')
      if (file === undefined) return 1
      print(`${file.mode.toString(8)}\n${file.text}`)
      return 0
    },
    env: ({ argv, env, print }) => {
      print(`${env[argv[1] ?? '']}\n`)
      return 0
    },
    echo: ({ stdin, print }) => {
      print(stdin)
      print('noted\n', 'stderr')
      return 3
    },
    fetch: async ({ argv, reach, print }) => {
      const address = reach(argv[1] ?? '', Number(argv[2]))
      if (address === undefined) return 7
      print(await (await fetch(`http://${address.host}:${address.port}/`)).text())
      return 0
    },
    lookup: ({ argv, lookup }) => (lookup(argv[1] ?? '') === undefined ? 2 : 0),
    fill: ({ argv, print }) => {
      print('x'.repeat(Number(argv[1])))
      return 0
    },
    linger: async (context) => {
      lingering.add(context)
      context.print('lingering\n')
      await aborted(context.over)
      lingering.delete(context)
      return 137
    },
    lingering: ({ print }) => {
      print(`${lingering.size}\n`)
      return 0
    },
  },
}

const harness: ContractHarness = {
  create: async () => createMemoryRuntime({ programs: { program: image } }),
  image: async () => 'program',
  programs,
  interrupt: (runtime, what, during) => (runtime as MemoryRuntime).interrupt(what, during),
  skip: {
    tmpfs: 'functions have no file system',
    'mount errors': 'mounts are read on access',
    'unknown programs': 'the function decides what its argv means',
  },
}

runtimeContract('the in-memory runtime', harness)

const reason = 'left out to test the contract without it'

runtimeContract('a runtime without optional methods', {
  ...harness,
  create: async () => {
    const {
      createSandbox,
      lease,
      readModule,
      commit,
      diagnose,
      relay,
      relayImage,
      startInteractive,
      ...runtime
    } = createMemoryRuntime({ programs: { program: image } })
    return runtime
  },
  skip: {
    ...harness.skip,
    createSandbox: reason,
    lease: reason,
    readModule: reason,
    commit: reason,
    diagnose: reason,
    relay: reason,
    relayImage: reason,
    startInteractive: reason,
  },
})

describe('the in-memory runtime', () => {
  test('throws what `fail` returns for a call, without making the call', async () => {
    const failure = new MesocosmError({ code: 'PORT_TAKEN', message: 'taken' })
    const calls: RuntimeCall[] = []
    await using runtime = createMemoryRuntime({
      programs: {},
      fail: (call) => {
        calls.push(call)
        return call.method === 'createNetwork' ? failure : undefined
      },
    })
    const spec = { name: 'n', labels: {}, size: 1 }
    await expect(runtime.createNetwork(spec)).rejects.toBe(failure)
    expect((await runtime.list({})).networks).toEqual([])
    expect(calls).toEqual([
      { method: 'createNetwork', args: [spec] },
      { method: 'list', args: [{}] },
    ])
  })

  test('breakOff sends engine-gone to watchers and fails all further calls', async () => {
    await using runtime = createMemoryRuntime({ programs: {} })
    const events: RuntimeEvent[] = []
    await runtime.watch({}, (event) => events.push(event))
    runtime.breakOff('pulled the plug')
    expect(events).toMatchObject([{ kind: 'engine-gone', reason: 'pulled the plug' }])
    await expect(runtime.info()).rejects.toMatchObject({ code: 'ENGINE_GONE' })
  })

  test('output that is lost while the connection is interrupted is a gap', async () => {
    const programs = {
      program: async ({ print, onSignal, over }: ProgramContext) => {
        onSignal('SIGUSR1', () => print('lost\n'))
        onSignal('SIGUSR2', () => print('after\n'))
        print('before\n')
        await aborted(over)
        return 0
      },
    }
    await using runtime = createMemoryRuntime({ programs })
    const spec = { name: 'c', image: 'program', labels: {}, network: { kind: 'none' } } as const
    const id = await runtime.create(spec)
    const seen: string[] = []
    await runtime.start(
      id,
      ({ bytes }) => seen.push(`${Buffer.from(bytes)}`),
      ({ reason }) => seen.push(reason),
    )
    await new Promise(setImmediate)
    await runtime.interrupt('output', () => runtime.signal(id, 'SIGUSR1'), { isLost: true })
    await runtime.signal(id, 'SIGUSR2')
    expect(seen).toEqual(['before\n', 'the connection was interrupted', 'after\n'])
  })

  test('a program that throws prints the error and exits with code 1', async () => {
    const programs = { broken: () => Promise.reject(new Error('broken on purpose')) }
    await using runtime = createMemoryRuntime({ programs })
    const network = await runtime.createNetwork({ name: 'n', labels: {}, size: 1 })
    const own = { kind: 'own', network, aliases: [] } as const
    const id = await runtime.create({ name: 'c', image: 'broken', labels: {}, network: own })
    const printed: string[] = []
    await (await runtime.start(id, ({ bytes }) => printed.push(`${Buffer.from(bytes)}`)))
      .outputEnded
    expect(printed.join('')).toContain('broken on purpose')
    expect((await runtime.inspect(id))?.exitCode).toBe(1)
  })

  test('a program sets the health of its container', async () => {
    const programs = {
      sick: {
        hasHealthcheck: true,
        run: async ({ health, over }: ProgramContext) => {
          health(true)
          await aborted(over)
          return 0
        },
      },
    }
    await using runtime = createMemoryRuntime({ programs })
    const network = await runtime.createNetwork({ name: 'n', labels: {}, size: 1 })
    const own = { kind: 'own', network, aliases: [] } as const
    const id = await runtime.create({ name: 'c', image: 'sick', labels: {}, network: own })
    const healthy = new Promise<RuntimeEvent>((resolve) => {
      void runtime.watch({}, (event) => event.kind === 'health' && resolve(event))
    })
    await runtime.start(id)
    expect(await healthy).toMatchObject({ healthy: true })
    expect((await runtime.inspect(id))?.health).toBe('healthy')
  })

  test('a build makes the program of its name, and names the known ones for another', async () => {
    await using runtime = createMemoryRuntime({ programs: { api: () => 0 } })
    const build = { context: '/api' }
    expect(await runtime.image({ kind: 'build', name: 'api', build })).toMatchObject({
      reference: 'api',
    })
    await expect(runtime.image({ kind: 'build', name: 'web', build })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      remedy: expect.stringContaining('api'),
    })
  })
})
