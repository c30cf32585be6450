/** Whether a file can have anything to read; parsing is what costs. */
export const mayReadScript = (text: string): boolean =>
  /\bprocess\s*(?:[?!]?\.|\[)\s*\S?env\b|=\s*process\b|['"](?:node:)?process['"]|import\.meta\.env|\b(?:Bun|Deno)\s*\.\s*env\b|\bProcessEnv\b|\bcreateEnv\b|['"]env-var['"]/.test(
    text,
  )
