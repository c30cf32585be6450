import {
  findLeftovers,
  findStaleImages,
  type KeptLaneName,
  type Leftovers,
  prune,
  removeKeptLanes,
  removeStaleImages,
  type StoredImage,
} from 'mesocosm/operate'
import { defineCommand } from '../command.ts'
import { exactly, milliseconds } from '../parse.ts'

export const command = defineCommand({
  summary: 'Remove leftovers of dead runs',
  usage: '[options]',
  description: [
    'Leftovers are containers, networks, volumes and run directories of runs on this host whose supervisor has died.',
    'Supervisors in other containers, such as CI jobs with the socket of the engine, and on other machines cannot be seen from here: their leftovers are removed with --older-than alone.',
    'A duration is a positive integer and a unit: 10m, 2h, 1d. Choose one that is longer than the longest run.',
  ],
  optionHelp: {
    '--older-than <duration>':
      'also remove what is older and belongs to a supervisor that cannot be seen from here',
    '--images':
      'also remove cached images of services that were replaced by a newer one, and so images loaded by their lock or pulled for another platform',
    '--kept':
      'also remove lanes that failed tests left (MESOCOSM_KEEP=failed), of all projects of this user; without it they stay until their time is over',
    '--dry-run': 'print what would be removed, without removing it',
    '--json':
      'print { removed, containers, networks, volumes, folders, images, kept: [{ root, run, lane }] } as JSON',
  },
  options: {
    'older-than': { type: 'string' },
    images: { type: 'boolean' },
    kept: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    exactly(positionals)
    const olderThanMs = milliseconds('--older-than', values['older-than'])
    const leftovers = await findLeftovers(olderThanMs === undefined ? {} : { olderThanMs })
    const images = values.images ? await findStaleImages() : []
    const dry = values['dry-run'] ?? false
    if (!dry) {
      await prune(leftovers)
      if (images.length > 0) await removeStaleImages(images)
    }
    const kept = values.kept ? await removeKeptLanes({ dryRun: dry }) : []
    const lines = [...linesOf(leftovers), ...images.map(imageLine), ...kept.map(keptLine)]
    if (values.json) {
      const { engine, folders } = leftovers
      io.stdout.write(
        `${JSON.stringify({ removed: !dry, ...engine, folders, images, kept }, undefined, 2)}\n`,
      )
    } else if (lines.length === 0) io.stdout.write('nothing to remove\n')
    else
      io.stdout.write(lines.map((line) => `${dry ? 'would remove' : 'removed'} ${line}\n`).join(''))
    return 0
  },
})

// ---

const linesOf = ({ engine, folders }: Leftovers): string[] => [
  ...engine.containers.map(({ name }) => `container ${name}`),
  ...engine.networks.map(({ name }) => `network ${name}`),
  ...engine.volumes.map(({ id }) => `volume ${id}`),
  ...folders.map((folder) => `folder ${folder}`),
]

const keptLine = ({ root, run, lane }: KeptLaneName): string => `${lane} of run ${run} in ${root}`

/** Images share layers, so removing one may free less than its size. */
const imageLine = ({ reference, bytes }: StoredImage): string =>
  `image ${reference} (${Math.round(bytes / 1e6)} MB with its base)`
