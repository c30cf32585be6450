/**
 * Runs every variant once per round, each round starting with the next variant, so that neither drift of the machine
 * nor the position in the round favours one. Round 0 warms up and is not counted.
 */
export const inRounds = async <T>(
  rounds: number,
  variants: readonly T[],
  run: (variant: T, counted: boolean) => Promise<void>,
): Promise<void> => {
  for (let round = 0; round <= rounds; round++) {
    const first = round % variants.length
    for (const variant of [...variants.slice(first), ...variants.slice(0, first)])
      await run(variant, round > 0)
  }
}
