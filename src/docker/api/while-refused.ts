import { pause } from '../../call/pause.ts'
import { type EngineMeaning, says } from './engine-words.ts'

/** Tries again for as long as the engine refuses with this meaning, up to 10 s. */
export const whileRefused = async (
  meaning: EngineMeaning,
  attempt: () => Promise<unknown>,
): Promise<void> => {
  const deadline = performance.now() + 10_000
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (!says(meaning, error) || performance.now() > deadline) throw error
    }
    await pause(50)
  }
}
