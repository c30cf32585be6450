import type { EngineBody } from '../http/engine-request.ts'
import { refuse } from '../http/refusal.ts'
import type { Method } from '../http/request-head.ts'
import type { Json, JsonObject } from '../json/json.ts'
import type { Policy } from '../policy/policy.ts'
import type { OwnedContainer, OwnedNetwork, SessionView } from '../session/session.ts'
import type { Shape } from '../shape/shape.ts'

/** What rules decide with. */
export interface Context {
  /** What belongs to the session. */
  readonly session: SessionView
  /** What the session may do. */
  readonly policy: Policy
  /** Returns the path of a file or directory of the host without symbolic links; `undefined` if it is missing. */
  readonly realPath: (path: string) => string | undefined
}

/** A request whose query and body have the shape that its endpoint takes. */
export interface Call {
  /** Method of the request. */
  readonly method: Method
  /** What the placeholders of the endpoint's path stand for. */
  readonly params: Readonly<Record<string, string>>
  /** Allowed names of the query with their values. */
  readonly query: ReadonlyMap<string, string>
  /** Body of an endpoint that takes `json`, as the client sent it; an empty object without one. */
  readonly json: JsonObject
  /** Whether the client asks for a raw stream. */
  readonly upgrade: boolean
}

/** What the answer of the engine means, for the server that forwards the request. */
export type Answer =
  /** Return the answer as it is. */
  | { readonly kind: 'pass' }
  /** Return the answer, and after status 101 or 200 the raw stream of both directions. */
  | { readonly kind: 'stream' }
  /** On success, add the `Id` of the answer to the session. */
  | {
      readonly kind: 'created container'
      readonly name?: string
      readonly writesHost: boolean
      readonly binds: readonly string[]
    }
  | { readonly kind: 'created network'; readonly name: string }
  | { readonly kind: 'created exec'; readonly container: string }
  /** Add the volume only if `Labels` of the answer have the session's label: the engine also answers 201 for a volume of another session. */
  | { readonly kind: 'created volume'; readonly name: string }
  | {
      readonly kind: 'renamed container'
      readonly container: OwnedContainer
      readonly name: string
    }
  /** On success, remove it from the session. */
  | {
      readonly kind: 'removed'
      readonly what: 'container' | 'network' | 'volume'
      readonly id: string
    }
  /** Keep of the answer only what belongs to the session or the policy allows. */
  | {
      readonly kind: 'filter'
      readonly what:
        | 'containers'
        | 'networks'
        | 'network'
        | 'volumes'
        | 'images'
        | 'events'
        | 'info'
    }

/** What a rule returns: parts of the rebuilt request. The version is added later. */
export interface Rebuilt {
  /** Segments of the path after the version. */
  readonly path: readonly string[]
  /** Names and values of the query; `undefined` leaves one out. Default none. */
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Default none. */
  readonly body?: EngineBody
  /** Default `pass`. */
  readonly answer?: Answer
  /** Path that the engine must answer with 404 before: a name that is the start of another session's id. Default none. */
  readonly absent?: readonly string[]
}

/** One path of the Engine API that is not refused outright. */
export interface Endpoint {
  /** Methods that it answers. */
  readonly methods: readonly Method[]
  /** Path with placeholders: `/containers/{id}/json`; `{name...}` stands for one segment or more. */
  readonly path: string
  /** Names of the query with the pattern of their values. Default none. */
  readonly query?: Readonly<Record<string, RegExp>>
  /** Names that are dropped if they are not in `query`: `any` for clients that repeat the body in the query. Default none. */
  readonly droppedQuery?: 'any' | readonly string[]
  /**
   * What it takes as body. Default `none`, which also accepts a JSON object that repeats names of the query, as dockerode
   * sends it; such a body is not forwarded.
   */
  readonly body?: 'none' | 'json' | 'tar'
  /** Whether a raw stream may follow. Default `false`. */
  readonly stream?: boolean
  /** Checks and rebuilds a request; refuses by `refuse`. */
  rebuild(call: Call, context: Context): Rebuilt
}

/** Values of the engine's boolean parameters. */
export const bool = /^(?:|0|1|true|false|True|False)$/

/** A number of at most ten digits. */
export const digits = /^\d{1,10}$/

/** Any value; for JSON that the rule reads, and names that it checks. */
export const any = /^/

/** The label that finds what a session has left; it does not prove ownership. */
export const sessionLabel = 'mesocosm.guard.session'

/** Returns the session's container. */
export const ownContainer = ({ session }: Context, reference = ''): OwnedContainer =>
  session.container(reference) ?? refuse(404, `No such container: ${reference}`)

/**
 * Returns the session's container for a request on which the engine mounts its binds again: a path that was checked at
 * the creation may be a symbolic link now.
 */
export const mountableContainer = (context: Context, reference?: string): OwnedContainer => {
  const container = ownContainer(context, reference)
  const moved = container.binds.find((path) => context.realPath(path) !== path)
  return moved === undefined
    ? container
    : refuse(403, `${moved} is missing or has become a symbolic link; create the container again`)
}

/** Returns the session's network; the default bridge is the session's default network. */
export const ownNetwork = ({ session }: Context, reference = ''): OwnedNetwork =>
  ['', 'default', 'bridge'].includes(reference)
    ? session.defaultNetwork
    : (session.network(reference) ?? refuse(404, `network ${reference} not found`))

/** Adds the session's label to the client's labels. */
export const withLabel = (labels: Json | undefined, { session }: Context): Json =>
  new Map([...((labels ?? new Map()) as JsonObject), [sessionLabel, session.id]])

/** Rebuilds a body; refuses it with all its faults. */
export const shaped = (shape: Shape, value: Json, what: string): ReadonlyMap<string, Json> => {
  const faults: string[] = []
  const built = shape(value, '', faults)
  if (faults.length > 0) refuseFaults(what, faults)
  return built as JsonObject
}

/** Refuses a body with the first 20 of its faults. */
export const refuseFaults = (what: string, faults: readonly string[]): never =>
  refuse(
    403,
    `${what} is not allowed by the guard: ${faults.slice(0, 20).join('; ')}${faults.length > 20 ? `; ${faults.length - 20} more` : ''}`,
  )
