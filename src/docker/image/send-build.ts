import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { ApiFailure } from '../api/errors.ts'
import { type TarEntry, tarOf } from '../api/tar.ts'
import type { BaseImage } from './base-images.ts'
import { type BuildContext, textEntry } from './build-context.ts'
import { sessionError } from './build-refusal.ts'
import type { BuildSecrets } from './build-secrets.ts'
import type { Builder } from './builder.ts'
import { credentials } from './credentials.ts'
import { syntaxOf } from './dockerfile.ts'
import { mountsFiles, sessionFeatures } from './dockerfile-features.ts'
import { type BuildSession, openBuildSession, type SessionLogin } from './session/build-session.ts'

/** A build as its builder gets it. */
export interface SentBuild extends Disposable {
  /** Parameters of the call that depend on the builder. */
  readonly query: Readonly<Record<string, unknown>>
  /** Files of the build; absent when BuildKit asks for them. */
  readonly file?: Readable
}

/** What is sent. */
export interface BuildToSend {
  readonly build: BuildSpec
  readonly context: BuildContext
  readonly bases: readonly BaseImage[]
  readonly builder: Builder
  /** Content of the Dockerfile for the builder; files of the image keep theirs. */
  readonly recipe: string
  readonly given: BuildSecrets
}

/**
 * Sends a build in the way of its builder, so that a Dockerfile that is not one of the files is not seen by its own
 * instructions.
 *
 * @throws {MesocosmError} `BUILD_FAILED` when that is not possible.
 */
export const sendBuild = (
  api: EngineApi,
  what: BuildToSend,
  signal: AbortSignal,
): Promise<SentBuild> => senders[what.builder.kind](api, what, signal)

// ---

const toBuildkit = async (
  api: EngineApi,
  what: BuildToSend,
  signal: AbortSignal,
): Promise<SentBuild> => {
  const { build, context, recipe } = what
  const session = await sessionOf(api, what, signal)
  const query = {
    version: 2,
    ...cacheOf(build),
    ...(session === undefined ? {} : { session: session.id }),
  }
  const end = () => session?.[Symbol.dispose]()
  if (isApart(what))
    return {
      query: { ...query, remote: 'client-session', dockerfile: apartName },
      [Symbol.dispose]: end,
    }
  const { entries, dockerfile } = context.together(recipe)
  return { query: { ...query, dockerfile }, file: tarOf(entries), [Symbol.dispose]: end }
}

const toClassic = async (
  _api: EngineApi,
  { build, context, recipe }: BuildToSend,
): Promise<SentBuild> => {
  const { entries, dockerfile } = context.together(recipe)
  return {
    query: { ...cacheOf(build), dockerfile },
    file: tarOf(entries),
    [Symbol.dispose]: () => {},
  }
}

/**
 * Podman takes secrets as files of the tree, which it moves out to the folder above before it builds. So it does with a
 * Dockerfile that a bind mount would show: those do not follow ignore rules. Its caches are repositories, not images.
 */
const toBuildah = async (_api: EngineApi, what: BuildToSend): Promise<SentBuild> => {
  const { context, recipe, given } = what
  const isMoved = isApart(what) && mountsFiles(recipe)
  const { entries, dockerfile } = isMoved
    ? { entries: context.files(), dockerfile: '' }
    : context.together(recipe)
  const moved = [...given.secrets, ...(isMoved ? [[apartName, Buffer.from(recipe)] as const] : [])]
  const named = moved.map(([id, bytes]) => ({ id, name: `mesocosm-${randomUUID()}`, bytes }))
  const files = named.map(({ name, bytes }): TarEntry => {
    return { name, mode: 0o600, content: { kind: 'bytes', bytes } }
  })
  const secrets = JSON.stringify(named.map(({ id, name }) => `id=${id},src=${name}`))
  return {
    query: {
      dockerfile: isMoved ? `../${named.at(-1)?.name}` : dockerfile,
      ...(named.length === 0 ? {} : { secrets }),
    },
    file: tarOf([...entries, ...files]),
    [Symbol.dispose]: () => {},
  }
}

const senders = { buildkit: toBuildkit, classic: toClassic, buildah: toBuildah } as const

const isApart = ({ context, recipe }: BuildToSend): boolean =>
  context.isApart || recipe !== context.recipe

const cacheOf = ({ cacheFrom }: BuildSpec): Readonly<Record<string, unknown>> =>
  cacheFrom === undefined ? {} : { cachefrom: JSON.stringify(cacheFrom) }

/** Name of a Dockerfile that is apart from the files. */
const apartName = 'Dockerfile'

/**
 * Opens a session where the build needs one, or can use one for logins: BuildKit pulls images itself that are not pulled
 * before. `undefined` when neither.
 */
const sessionOf = async (
  api: EngineApi,
  what: BuildToSend,
  signal: AbortSignal,
): Promise<BuildSession | undefined> => {
  const { build, context, bases, recipe, given } = what
  const mounts = sessionFeatures(context.recipe).map(({ line, name }) => `${name} (line ${line})`)
  const needs = [...mounts, ...(isApart(what) ? ['a Dockerfile that is not one of the files'] : [])]
  const isUsed =
    syntaxOf(context.recipe) !== undefined ||
    (build.cacheFrom ?? []).length > 0 ||
    bases.some(({ platform }) => platform)
  if (needs.length === 0 && !isUsed) return undefined
  const offer = {
    folders: isApart(what)
      ? { dockerfile: [textEntry(apartName, recipe)], context: context.files() }
      : {},
    secret: async (id: string) => given.secrets.get(id),
    agents: given.agents,
    login: loginFor,
  }
  try {
    return await openBuildSession(api, offer, signal)
  } catch (error) {
    if (needs.length === 0 && !signal.aborted) return undefined
    if (!(error instanceof ApiFailure)) throw error
    throw sessionError(build, needs, error)
  }
}

/** BuildKit names Docker Hub by the host that answers for it. */
const loginFor = async (host: string): Promise<SessionLogin | undefined> => {
  const { auth } = await credentials(/(^|\.)docker\.io$/.test(host) ? undefined : host)
  if (auth === undefined) return undefined
  const { username = '', password = '', identitytoken } = auth
  // A token comes without a name.
  return identitytoken === undefined
    ? { user: username, password }
    : { user: '', password: identitytoken }
}
