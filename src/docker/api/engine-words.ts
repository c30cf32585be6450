import { detailOf } from './errors.ts'

/** What an engine may mean by the text of a refusal; engines have no codes for these. */
export type EngineMeaning = keyof typeof words

/** Returns whether an engine's refusal has this meaning, in Docker's words or in Podman's. */
export const says = (meaning: EngineMeaning, error: unknown): boolean =>
  words[meaning].test(detailOf(error))

// ---

const words = {
  /** Another network of the engine or its host has addresses of this subnet. */
  'subnet taken': /overlap|is already used on the host or by another config/i,
  /** The container is on the network that it should be attached to. */
  attached: /already exists in network|is already connected to network/i,
  /** The container is not on the network that it should be detached from. */
  detached: /is not connected to/i,
  /** Containers are on the network that should be removed. */
  'network in use': /active endpoints|network is being used/i,
  /** A network of the container was removed before it. */
  'network missing': /unable to find network/i,
  /** Another call is removing the container. */
  'removal in progress': /already in progress/i,
  /** Other containers have joined the container that should be removed. */
  'has dependents': /has dependent containers/i,
  /** The kernel did not stop every process in time, as on a busy machine; those that it stopped go on. */
  'not frozen': /unable to freeze/i,
  /** The text is not a name of an image. */
  'no image name': /invalid reference format/i,
  /** The container has the state that a signal should bring about, or has ended. */
  'already so':
    /is not running|can only kill running containers|is already paused|is not paused|no such process/i,
} as const
