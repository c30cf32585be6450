import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineTopology, ref } from 'mesocosm'
import { closureOf } from '../../../../test/lib/closure.ts'

const here = dirname(fileURLToPath(import.meta.url))

/** Runs until it is stopped, so that commands can be executed in it. */
const waits = { command: ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'] } as const

/** The frameworks of the Node.js tools, with their dependencies. */
const packages = ['commander', 'yargs']
  .flatMap((name) => closureOf(name, import.meta.url))
  .map((from) => ({ from, to: join('/app', from.slice(from.indexOf('/node_modules/'))) }))

const node = {
  ...waits,
  image: 'node:24-trixie-slim',
  workdir: '/app',
  files: [{ from: join(here, 'node'), to: '/app' }, ...packages],
} as const

/** One service per kind of tool. Paths are absolute, because each test uses its own root. */
export const topology = defineTopology({
  name: 'command-tools',
  services: {
    symfony: { ...waits, build: join(here, 'symfony'), cli: ['php', 'bin/console'] },
    django: {
      ...waits,
      build: join(here, 'django'),
      // Its settings need a value that refers to another service.
      env: { SECRET_KEY: 'x', DATABASE_FILE: ['/tmp/', ref('click.host', { wait: false }), '.db'] },
      cli: ['python', 'manage.py'],
    },
    click: {
      ...waits,
      build: join(here, 'python'),
      cli: { argv: ['python', 'shop_click.py'], kind: 'click' },
    },
    typer: {
      ...waits,
      build: join(here, 'python'),
      cli: { argv: ['python', 'shop_typer.py'], kind: 'typer' },
    },
    cobra: {
      ...waits,
      image: 'mesocosm-test/command-tools:trixie',
      files: [{ content: '{"a":1}', to: '/a.json' }],
      cli: { argv: ['dasel'], kind: 'cobra' },
    },
    commander: { ...node, sources: join(here, 'node'), cli: ['node', 'commander.js'] },
    yargs: {
      ...node,
      sources: join(here, 'node'),
      cli: { argv: ['node', 'yargs.js'], kind: 'yargs' },
    },
  },
})
