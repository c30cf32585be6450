import { AsyncLocalStorage } from 'node:async_hooks'
import { type Foreign, isForeign } from './foreign.ts'
import { unreadable } from './unreadable.ts'

/**
 * Lets a testcontainers container get ready to start, and stops it right before the engine is called: what
 * subclasses set in their `start()` and `beforeContainerCreated()` is set then. Everything else that starts
 * meanwhile in this process starts as ever; the container is left as it was.
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
  // The next one waits, whatever becomes of this one.
  queues.set(
    base,
    turn.then(
      () => undefined,
      () => undefined,
    ),
  )
  return turn
}

interface Startable {
  start(): Promise<unknown>
}

// One after another for each copy of testcontainers: its `start` is replaced for the time of the reading.
const queues = new WeakMap<object, Promise<void>>()
const readings = new AsyncLocalStorage<object>()

/** The class that all containers of testcontainers descend from, found by its shape. */
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
      'Give a GenericContainer or a module’s container, such as new PostgreSqlContainer(…), not started.',
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
    if (this !== container) throw unreadable('The module starts a second container of its own')
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
  throw unreadable('The module does not start its container by testcontainers')
}

/** Getting ready appends to the container's settings; a second reading must see the first state. */
const remember = (container: object): (() => void) => {
  const saved = Object.entries(container).map(([key, value]) => [key, copy(value)] as const)
  return () => {
    for (const key of Object.keys(container)) Reflect.deleteProperty(container, key)
    Object.assign(container, Object.fromEntries(saved))
  }
}

// Plain objects and lists are changed in place; instances (wait strategies, clients) are kept as they are.
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return [...value]
  const plain = isForeign(value) && Object.getPrototypeOf(value) === Object.prototype
  return plain ? { ...value } : value
}
