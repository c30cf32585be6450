import { type Program, type Scene, scenes } from '../scenes.ts'

/** Starts all services of a scene in parallel; `needed` waits for the dependencies of one. */
export const byNeed = async (
  scene: Scene,
  start: (name: string, program: Program, needed: () => Promise<unknown>) => Promise<void>,
): Promise<void> => {
  const started = new Map<string, Promise<void>>()
  for (const [name, program] of Object.entries(scenes[scene])) {
    const needed = () => Promise.all(program.needs.map((other) => started.get(other)))
    started.set(name, start(name, program, needed))
  }
  await Promise.all(started.values())
}
