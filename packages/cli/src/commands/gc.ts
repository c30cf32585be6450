import { findGarbage, type Garbage, removeGarbage } from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'

export const command = defineCommand({
  summary: 'Remove what runs that died have left behind',
  usage: '[--dry-run] [--json]',
  help: [
    'Containers, networks, volumes and meeting folders of runs of this host whose supervisor is dead.',
    '',
    '  --dry-run          only list them',
    '  --json             one JSON object with the lists',
  ],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const garbage = await findGarbage()
    const dry = values['dry-run'] ?? false
    if (!dry) await removeGarbage(garbage)
    const lines = linesOf(garbage)
    if (values.json) {
      const { engine, folders } = garbage
      io.stdout.write(`${JSON.stringify({ removed: !dry, ...engine, folders }, undefined, 2)}\n`)
    } else if (lines.length === 0) io.stdout.write('nothing is left behind\n')
    else
      io.stdout.write(lines.map((line) => `${dry ? 'would remove' : 'removed'} ${line}\n`).join(''))
    return 0
  },
})

// ---

const linesOf = ({ engine, folders }: Garbage): string[] => [
  ...engine.containers.map(({ name }) => `container ${name}`),
  ...engine.networks.map(({ name }) => `network ${name}`),
  ...engine.volumes.map(({ id }) => `volume ${id}`),
  ...folders.map((folder) => `folder ${folder}`),
]
