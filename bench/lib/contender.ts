import type { Scene } from '../scenes.ts'
import type { SidecarName } from './sidecars.ts'

/**
 * One way to run the services of a scene. Has a process of its own, so that contenders do not warm up, slow down or
 * clean up after each other. Operations that are not measured for it are left out.
 */
export interface Contender {
  /** Starts the services; returns when all are ready. */
  up(scene: Scene): Promise<void>
  /** Removes everything from the engine. */
  down(): Promise<void>
  /** Prepares `down`; not timed. */
  beforeDown?(): Promise<void>
  /** Waits until a second copy is ready before it is asked for; not timed. */
  awaitAhead?(): Promise<void>
  /** Starts a second copy of the scene next to the first. */
  upAgain?(scene: Scene): Promise<void>
  /** Changes the environment of `api`; returns when it answers with it. The result undoes the change. */
  changeEnv?(mode: string): Promise<() => Promise<void>>
  /** Restarts `api` unchanged; returns when it answers again. */
  restart?(): Promise<void>
  /** Adds a sidecar to the running services; returns when it is ready. The result removes it. */
  addSidecar?(name: SidecarName): Promise<() => Promise<void>>
  /** Does nothing itself; undoes the previous order, as every order does first. */
  settle?(): Promise<void>
  /** Runs `echo` in `api`. */
  exec?(): Promise<void>
  /** Starts the program of `api` by hand, in its running container, and waits until it answers. */
  boot?(): Promise<BootTime>
}

/** How long a boot took. */
export interface BootTime {
  /** Milliseconds from the call that starts it. */
  readonly fromCall: number
  /** Milliseconds from the return of that call, when the program has started. */
  readonly fromStart: number
}

/** Name of an operation. */
export type Operation = keyof Contender
