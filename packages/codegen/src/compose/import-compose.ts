import { derivedTopologies } from './derived.ts'
import { composeInvalid } from './errors.ts'
import { topologyName, topologyNames } from './names.ts'
import type { Note, Remark } from './note.ts'
import { choosePlugins } from './plugin/choose.ts'
import { createScope } from './print/scope.ts'
import { pluginCode, serviceCode } from './print/service-code.ts'
import { type PrintedService, topologyText } from './print/topology-text.ts'
import { type ComposeFile, loadProject, type ReadFile } from './project/load-project.ts'
import { arrange } from './references/arrange.ts'
import { inferPorts } from './references/infer-ports.ts'
import { referring } from './references/refer.ts'
import { targetOf } from './references/target.ts'
import type { Draft } from './service/draft.ts'
import { readService } from './service/read-service.ts'
import { defaultOf, readText } from './text/interpolation.ts'

export interface ImportOptions {
  /** Name of the topology when the files give none; default `app`. */
  readonly name?: string
  /** `name` wins over what the files say; default `false`. */
  readonly fixedName?: boolean
  /** Gives files that are included or extended, by their path from the topology's folder; default none is there. */
  readonly readFile?: ReadFile
  /** Whether a path from the topology's folder is there; one that is mounted and is not is remarked. Default all are. */
  readonly exists?: (path: string) => boolean
  /** Whether the variables of `.env` beside the file count too, as in Compose; default `false`. */
  readonly dotEnv?: boolean
}

export interface Imported {
  /** The topology file. */
  readonly text: string
  /** What it does not say as the Compose file did; it has them as comments too. */
  readonly notes: readonly Note[]
  /** Packages it imports. */
  readonly packages: readonly string[]
  /** Names of its services. */
  readonly services: readonly string[]
}

/**
 * A Compose project as the text of a topology file. No value of an env file or of the environment gets into it.
 *
 * @param files with paths as seen from the topology's folder, each over the ones before.
 * @throws {MesocosmError} `COMPOSE_INVALID` with every fault.
 */
export const importCompose = (
  files: readonly ComposeFile[],
  options: ImportOptions = {},
): Imported => {
  const project = loadProject(files, options.readFile ?? (() => undefined))
  if (project.faults.length > 0) throw composeInvalid(project.faults)
  const given = defaultOf(readText(project.name ?? ''))
  const topology = topologyName((options.fixedName ? undefined : given) || (options.name ?? 'app'))
  const scope = createScope(options.dotEnv ? 'variables' : 'process.env')
  const runnable = project.services.filter(({ keys }) => keys.provider === undefined)
  const names = topologyNames(runnable.map(({ name }) => name))
  const { exists = () => true } = options
  const context = { project, topology, names, scope, exists }
  const drafts = inferPorts(
    withOwnAliases(runnable.map((service) => readService(service, context))),
  )
  const { choices, remarks: hints } = choosePlugins(drafts, scope)
  const derived = derivedTopologies(drafts)
  const targets = drafts.map((draft) => targetOf(draft, choices.get(draft.name)))
  const references = new Map(
    drafts
      .filter(({ name }) => !choices.has(name))
      .map((draft) => [draft.name, referring(draft, targets)] as const),
  )
  const arranged = arrange(drafts, references, derived)
  const services = drafts.map((draft): PrintedService => {
    const own = arranged.get(draft.name) ?? { env: new Map(), dependsOn: new Map(), remarks: [] }
    const choice = choices.get(draft.name)
    const readiness = choice === undefined ? draft.ready?.(draft.ports) : undefined
    const hint = hints.get(draft.name)
    return {
      name: draft.name,
      code:
        choice === undefined
          ? serviceCode(draft, own, readiness, scope)
          : pluginCode(draft, choice, scope),
      remarks: [
        ...(hint === undefined ? [] : [hint]),
        ...(choice?.remarks ?? []),
        ...draft.remarks,
        ...own.remarks,
        ...(readiness?.remarks ?? []),
      ],
    }
  })
  const skipped = project.services.filter(({ keys }) => keys.provider !== undefined)
  const general = [
    ...skipped.map(
      ({ name }) => `Service ${name} is left out: a provider of Compose cannot be run.`,
    ),
    ...generalNotes(drafts),
  ]
  const hasRemarks = services.some(({ remarks }) => remarks.length > 0)
  const head = [
    `Made once from ${files.map(({ path }) => path.replace(/^\.\//, '')).join(' and ')} by \`mesocosm init\`; it is yours to edit from here on.`,
    ...(hasRemarks
      ? ['Above a service: what of its Compose keys is not carried over, and why.']
      : []),
    ...general,
  ]
  return {
    text: topologyText({ name: topology, head, services, derived }, scope),
    notes: [
      ...general.map((text) => ({ text })),
      ...services.flatMap((service) => notesOf(service, drafts)),
    ],
    packages: ['mesocosm', ...[...scope.plugins.keys()].sort()],
    services: services.map(({ name }) => name),
  }
}

// ---

/** No two services answer to one name: the first that has it keeps it. */
const withOwnAliases = (drafts: readonly Draft[]): Draft[] => {
  const owners = new Map(drafts.map(({ name }) => [name, name]))
  return drafts.map((draft) => {
    const own: string[] = []
    const lost: Remark[] = []
    for (const alias of draft.aliases) {
      const owner = owners.get(alias)
      owners.set(alias, owner ?? draft.name)
      if (owner === undefined) own.push(alias)
      else lost.push({ key: `alias ${alias}`, text: `${owner} has this name already.` })
    }
    return { ...draft, aliases: own, remarks: [...draft.remarks, ...lost] }
  })
}

const generalNotes = (drafts: readonly Draft[]): string[] => [
  ...(drafts.some(({ keys }) => keys.has('ports'))
    ? ['Ports are published on free ones of the host; the handle of a service tells them.']
    : []),
  ...(drafts.some(({ dependsOn }) => dependsOn.some(({ condition }) => condition === 'short'))
    ? ['Where `depends_on` only named a service, services here wait until it is ready.']
    : []),
  ...(drafts.some(({ envFiles }) => envFiles.length > 0)
    ? ['Env files are read when this file is loaded; variables named in them are not filled in.']
    : []),
]

const notesOf = ({ name, remarks }: PrintedService, drafts: readonly Draft[]): Note[] => {
  const draft = drafts.find((one) => one.name === name)
  const place = draft === undefined ? {} : { file: draft.file, line: draft.line }
  return remarks.map(({ key, text }) => ({ service: name, key, text, ...place }))
}
