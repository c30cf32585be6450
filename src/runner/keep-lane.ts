import type { KeepSetting } from '../client/lane/keep-setting.ts'
import { keptText, notKeptText, tooManyKeptText } from '../client/lane/kept-text.ts'
import type { OpenLane } from '../client/lane/open-lane.ts'
import type { AnyTopology } from '../define/topology.ts'
import type { KeptFor } from '../model/kept-lane.ts'
import type { LineOutput } from './print-warnings.ts'

/** Keeps lanes of failed tests as `MESOCOSM_KEEP` asks for, and prints how to look at them. */
export interface LaneKeeper {
  /** Returns whether the lane is kept. Never rejects. */
  keep(open: OpenLane<AnyTopology>, test: KeptFor): Promise<boolean>
  /** Makes a kept lane usable again, for tests that cannot do without it. */
  reuse(open: OpenLane<AnyTopology>): Promise<void>
}

/** @param setting `undefined` if no lane is kept. */
export const createLaneKeeper = (
  setting: KeepSetting | undefined,
  output: LineOutput,
): LaneKeeper => {
  let full = false
  const print = (text: string) => output.write(`mesocosm: ${text}\n`)
  return {
    async keep(open, test) {
      const { link } = open
      if (setting === undefined || link.released) return false
      try {
        const kept = await open.keep({ ...test, ...setting })
        if (kept !== undefined) {
          print(keptText({ kept, run: link.session.who, now: Date.now() }))
          return true
        }
        if (!full) print(tooManyKeptText(link.name, setting.atMost))
        full = true
      } catch (error) {
        print(notKeptText(link.name, error))
      }
      return false
    },
    async reuse(open) {
      await open.unkeep()
      print(
        `${open.link.name} is no longer kept: later tests of its file need the data that its beforeAll hooks made`,
      )
    },
  }
}
