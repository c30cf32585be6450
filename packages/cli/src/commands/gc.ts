import {
  findGarbage,
  findOldImages,
  type Garbage,
  removeGarbage,
  removeOldImages,
  type StoredImage,
} from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly } from '../parse.ts'

export const command = defineCommand({
  summary: 'Remove what runs that died have left behind',
  usage: '[--images] [--dry-run] [--json]',
  help: [
    'Containers, networks, volumes and meeting folders of runs of this host whose supervisor is dead.',
    '',
    '  --images           also images of services that a newer one has replaced; they are a cache',
    '  --dry-run          only list them',
    '  --json             one JSON object with the lists',
  ],
  options: {
    images: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const garbage = await findGarbage()
    const images = values.images ? await findOldImages() : []
    const dry = values['dry-run'] ?? false
    if (!dry) {
      await removeGarbage(garbage)
      if (images.length > 0) await removeOldImages(images)
    }
    const lines = [...linesOf(garbage), ...images.map(imageLine)]
    if (values.json) {
      const { engine, folders } = garbage
      io.stdout.write(
        `${JSON.stringify({ removed: !dry, ...engine, folders, images }, undefined, 2)}\n`,
      )
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

/** Layers are shared, so the space won may be less. */
const imageLine = ({ reference, bytes }: StoredImage): string =>
  `image ${reference} (${Math.round(bytes / 1e6)} MB with its base)`
