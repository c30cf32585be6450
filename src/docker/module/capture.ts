import { AsyncLocalStorage } from 'node:async_hooks'
import { type Foreign, isForeign } from './foreign.ts'
import { unreadable } from './unreadable.ts'

/**
 * Runs `start()` of a testcontainers container up to the call of the engine, when subclasses have set everything in
 * `start()` and `beforeContainerCreated()`. Other containers started meanwhile are not affected, and the container
 * is restored afterwards.
 *
 * @param read called at that moment with the container.
 * @throws {MesocosmError} `MODULE_UNREADABLE`
 */
export const captureStart = async <T>(
  container: object,
  read: (ready: Foreign) => T,
): Promise<T> => {
  const base = basePrototype(container)
  const previous = queues.get(base) ?? Promise.resolve()
  const turn = previous.then(() => captureNow(container, base, read))
  // The next one waits for this one, failed or not.
  queues.set(
    base,
    turn.then(
      () => undefined,
      () => undefined,
    ),
  )
  return turn
}

// ---

interface Startable {
  start(): Promise<unknown>
}

// One at a time per copy of testcontainers, whose `start` is replaced meanwhile.
const queues = new WeakMap<object, Promise<void>>()
const readings = new AsyncLocalStorage<object>()

/** The base class of all containers of testcontainers, recognised by its methods. */
const basePrototype = (container: object): Startable => {
  let found: object | undefined
  for (
    let prototype: object | null = Object.getPrototypeOf(container);
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    if (Object.hasOwn(prototype, 'start') && Object.hasOwn(prototype, 'withExposedPorts')) {
      found = prototype
    }
  }
  if (found !== undefined) return found as Startable
  throw unreadable('`from` is not a container of testcontainers', {
    remedy:
      'pass a GenericContainer or the container of a module, such as new PostgreSqlContainer(…), not started',
  })
}

const captureNow = async <T>(
  container: object,
  base: Startable,
  read: (ready: Foreign) => T,
): Promise<T> => {
  const restore = remember(container)
  const original = base.start
  const captured: { result?: { readonly value: T } } = {}
  const reached = new Error('ready to start')
  base.start = async function (this: object) {
    if (readings.getStore() !== container) return original.call(this)
    if (this !== container) throw unreadable('the module starts a second container')
    const prepare = (container as { beforeContainerCreated?: () => Promise<void> })
      .beforeContainerCreated
    await prepare?.call(container)
    captured.result = { value: read(container as Foreign) }
    throw reached
  }
  try {
    await readings.run(container, () => (container as Startable).start())
  } catch (error) {
    if (captured.result === undefined) throw error
  } finally {
    base.start = original
    restore()
  }
  if (captured.result !== undefined) return captured.result.value
  throw unreadable('the module does not start its container with testcontainers')
}

/** Starting appends to the container's settings; a second reading must see the original ones. */
const remember = (container: object): (() => void) => {
  const saved = Object.entries(container).map(([key, value]) => [key, copy(value)] as const)
  return () => {
    for (const key of Object.keys(container)) Reflect.deleteProperty(container, key)
    Object.assign(container, Object.fromEntries(saved))
  }
}

// Plain objects and arrays are changed in place; instances (wait strategies, clients) are not copied.
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return [...value]
  const plain = isForeign(value) && Object.getPrototypeOf(value) === Object.prototype
  return plain ? { ...value } : value
}
