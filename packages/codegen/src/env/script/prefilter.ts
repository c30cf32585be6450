/** Returns whether a file can read the environment; cheap, because parsing is slow. */
export const mayReadScript = (text: string): boolean =>
  /\bprocess\s*(?:[?!]?\.|\[)\s*\S?env\b|=\s*process\b|['"](?:node:)?process['"]|import\.meta\.env|\b(?:Bun|Deno)\s*\.\s*env\b|\bProcessEnv\b|\bcreateEnv\b|['"]env-var['"]/.test(
    text,
  )
