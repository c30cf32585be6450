import type { Scene } from '../scenes.ts'
import type { SidecarName } from './sidecars.ts'

/**
 * One way to run the services of a scene. Lives in a process of its own, so that none warms up,
 * slows down or cleans up after another. What is not asked of it, it leaves out.
 */
export interface Contender {
  /** Returns when all services are ready. */
  up(scene: Scene): Promise<void>
  /** Returns when all is gone from the engine. */
  down(): Promise<void>
  /** What `down` needs beforehand, not timed. */
  beforeDown?(): Promise<void>
  /** Another copy of the scene beside the first. */
  upAgain?(scene: Scene): Promise<void>
  /** Gives `api` another environment and returns when it answers with it; the result puts it back. */
  changeEnv?(mode: string): Promise<() => Promise<void>>
  /** Restarts `api` as it is and returns when it answers again. */
  restart?(): Promise<void>
  /** A helper joins what runs; returns when it is ready. The result takes it away. */
  addSidecar?(name: SidecarName): Promise<() => Promise<void>>
  /** Nothing, after what the order before left to be put back. */
  settle?(): Promise<void>
  /** Runs `echo` in `api`. */
  exec?(): Promise<void>
  /** Starts the program of `api` by hand, in its running container, and waits until it answers. */
  boot?(): Promise<BootTime>
}

export interface BootTime {
  /** Milliseconds from the call that starts it. */
  readonly fromCall: number
  /** Milliseconds from the return of that call, when the program has been started. */
  readonly fromStart: number
}

export type Operation = keyof Contender
