import { resolve } from 'node:path'
import { didYouMean } from 'mesocosm/operate'
import { defineCommand, type Io, UsageError } from '../command.ts'
import { loadFile, saveFile } from '../images/archive.ts'
import { listNeeded } from '../images/list.ts'
import { lock } from '../images/lock.ts'
import { pull } from '../images/pull.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'
import { untilInterrupted } from '../until-interrupted.ts'

export const command = defineCommand({
  summary: 'List, pull, lock, save and load the images that the topology needs',
  usage: '[list | pull | lock [image]... | save <file> | load <file>] [options]',
  description: [
    'list: prints the images of services, builds and tasks, and whether the engine has them. The default.',
    'pull: pulls those that are missing, a few at a time. All are tried; every failure is printed.',
    'lock: writes mesocosm.images.json, which pins each image to its digest; commit it. Tests, `up` and `pull` use it.',
    'save: writes the pulled images to one file, compressed if its name ends with .gz.',
    'load: loads such a file, unless the engine has all that is in it.',
  ],
  optionHelp: {
    '--check': 'lock: write nothing; exit with 1 if the lock file is out of date. Asks no registry',
    '--update': 'lock: lock what the tags name now, of the named images or of all',
    '--json': 'print JSON: an object; with pull one object per line for every change',
  },
  options: {
    check: { type: 'boolean' },
    update: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run({ values, positionals }, io) {
    const { check = false, update = false, json = false } = values
    const [action = 'list', ...others] = positionals
    if (action !== 'lock' && (check || update))
      throw new UsageError(`--${check ? 'check' : 'update'} belongs to \`images lock\``)
    if (action === 'list' || action === 'pull') {
      exactly(others)
      const project = await projectOf(values, io)
      return action === 'list'
        ? listNeeded(project, io, json)
        : untilInterrupted((signal) => pull(project, io, { json, signal }))
    }
    if (action === 'lock') {
      if (check && update) throw new UsageError('--check and --update cannot be combined')
      if (others.length > 0 && !update)
        throw new UsageError('name images together with --update; lock without names locks all')
      const project = await projectOf(values, io)
      const which = update && others.length > 0 ? others : update
      return untilInterrupted((signal) => lock(project, io, { check, update: which, json, signal }))
    }
    if (action === 'save' || action === 'load') {
      const file = fileOf(others, io)
      if (action === 'load')
        return untilInterrupted((signal) => loadFile(file, io, { json, signal }))
      const project = await projectOf(values, io)
      return untilInterrupted((signal) => saveFile(project, file, io, { json, signal }))
    }
    throw new UsageError(`unknown action "${action}"${didYouMean(action, actions)}`)
  },
})

// ---

const actions = ['list', 'pull', 'lock', 'save', 'load']

const fileOf = (others: readonly string[], { cwd }: Pick<Io, 'cwd'>): string =>
  resolve(cwd, exactly(others, 'file')[0] as string)
