/**
 * Returns the part of a progress line that shows how far a pull or build is: `step 3/7` with its instruction, or the
 * state of a layer. `undefined` for other output.
 */
export const progressOf = (kind: 'pull' | 'build', line: string): string | undefined => {
  if (kind === 'pull') return line.trim() === '' ? undefined : line.trim()
  // `Step 3/7 : RUN npm ci` of the classic builder, `[build 3/7] RUN npm ci` of BuildKit, after `#9` in its plain output,
  // `STEP 3/7: RUN npm ci` of Podman, after `[1/2] ` if there are several stages.
  const [, number, count, instruction = ''] =
    /^(?:\[\d+\/\d+\] )?Step (\d+)\/(\d+) ?: (.*)/i.exec(line) ??
    /^(?:#\d+ )?\[(?:[^\]]* )?(\d+)\/(\d+)\] (.*)/.exec(line) ??
    []
  if (number === undefined) return undefined
  return `step ${number}/${count} ${instruction.trim()}`.trim().slice(0, longest)
}

// ---

const longest = 120
