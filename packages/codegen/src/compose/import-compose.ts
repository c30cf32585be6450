import { derivedTopologies } from './derived.ts'
import { composeInvalid } from './errors.ts'
import { topologyName, topologyNames } from './names.ts'
import type { ComposeNote, Remark } from './note.ts'
import { choosePlugins } from './plugin/choose.ts'
import { createScope } from './print/scope.ts'
import { pluginCode, serviceCode } from './print/service-code.ts'
import { type PrintedService, topologyText } from './print/topology-text.ts'
import { type ComposeFile, loadProject, type ReadComposeFile } from './project/load-project.ts'
import { arrange } from './references/arrange.ts'
import { inferPorts } from './references/infer-ports.ts'
import { referring } from './references/refer.ts'
import { targetOf } from './references/target.ts'
import type { Draft } from './service/draft.ts'
import { readService } from './service/read-service.ts'
import { defaultOf, readText } from './text/interpolation.ts'

/** Options of {@link importCompose}. */
export interface ImportComposeOptions {
  /** Name of the topology if the files have none; default `app`. */
  readonly name?: string
  /** Whether `name` overrides the name in the files; default `false`. */
  readonly fixedName?: boolean
  /** Reads files that are included or extended; default: treats all as missing. */
  readonly readFile?: ReadComposeFile
  /** Returns whether a path relative to the topology's folder exists; a missing mount is noted. Default: all exist. */
  readonly exists?: (path: string) => boolean
  /** Whether variables are also read from the `.env` next to the file, as in Compose; default `false`. */
  readonly dotEnv?: boolean
}

/** Result of {@link importCompose}. */
export interface ComposeImport {
  /** Content of the topology file. */
  readonly text: string
  /** Differences from the Compose file; they are comments in the text too. */
  readonly notes: readonly ComposeNote[]
  /** Packages that the file imports. */
  readonly packages: readonly string[]
  /** Names of the services. */
  readonly services: readonly string[]
}

/** @deprecated use {@link ImportComposeOptions}. */
export type ImportOptions = ImportComposeOptions

/** @deprecated use {@link ComposeImport}. */
export type Imported = ComposeImport

/**
 * Converts a Compose project to the text of a topology file. Never copies values of env files or of the environment.
 *
 * @param files Compose files, with paths relative to the topology's folder; later files override earlier ones.
 * @throws {MesocosmError} `COMPOSE_INVALID`; `details` lists every fault.
 */
export const importCompose = (
  files: readonly ComposeFile[],
  options: ImportComposeOptions = {},
): ComposeImport => {
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
      ({ name }) => `Service ${name} is left out: Compose providers are not supported.`,
    ),
    ...generalNotes(drafts),
  ]
  const hasRemarks = services.some(({ remarks }) => remarks.length > 0)
  const head = [
    `Created from ${files.map(({ path }) => path.replace(/^\.\//, '')).join(' and ')} by \`mesocosm init\`. Edit it as you like; it is not generated again.`,
    ...(hasRemarks
      ? ['Comments above a service list the Compose keys that were not carried over, and why.']
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

/** Makes aliases unique: the first service with a name keeps it. */
const withOwnAliases = (drafts: readonly Draft[]): Draft[] => {
  const owners = new Map(drafts.map(({ name }) => [name, name]))
  return drafts.map((draft) => {
    const own: string[] = []
    const lost: Remark[] = []
    for (const alias of draft.aliases) {
      const owner = owners.get(alias)
      owners.set(alias, owner ?? draft.name)
      if (owner === undefined) own.push(alias)
      else lost.push({ key: `alias ${alias}`, text: `${owner} already has this name.` })
    }
    return { ...draft, aliases: own, remarks: [...draft.remarks, ...lost] }
  })
}

const generalNotes = (drafts: readonly Draft[]): string[] => [
  ...(drafts.some(({ keys }) => keys.has('ports'))
    ? ['Services are published on free ports of the host; read them from the handle of a service.']
    : []),
  ...(drafts.some(({ dependsOn }) => dependsOn.some(({ condition }) => condition === 'short'))
    ? ['A service in the short form of `depends_on` is waited for until it is ready.']
    : []),
  ...(drafts.some(({ envFiles }) => envFiles.length > 0)
    ? ['Env files are read when this file is loaded; variables in them are not interpolated.']
    : []),
]

const notesOf = ({ name, remarks }: PrintedService, drafts: readonly Draft[]): ComposeNote[] => {
  const draft = drafts.find((one) => one.name === name)
  const position = draft === undefined ? {} : { file: draft.file, line: draft.line }
  return remarks.map(({ key, text }) => ({ service: name, key, text, ...position }))
}
