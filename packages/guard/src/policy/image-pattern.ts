import { type ImageReference, readImageReference } from './image-reference.ts'

/** Whether a text is a pattern of `Policy.images`. */
export const isImagePattern = (pattern: string): boolean =>
  pattern === '*' || readImageReference(sampleOf(pattern)) !== undefined

/** Whether one of the patterns allows an image. */
export const allowsImage = (patterns: readonly string[], image: ImageReference): boolean =>
  patterns.some((pattern) => {
    if (pattern === '*') return true
    const allowed = readImageReference(sampleOf(pattern))
    if (allowed === undefined) return false
    if (pattern.endsWith('/*')) return image.name.startsWith(allowed.name.slice(0, -1))
    if (image.name !== allowed.name) return false
    return !hasVersion(pattern) || image.version === allowed.version
  })

// ---

/** An image that `x/*` allows, whose name is one character longer than what all of them begin with. */
const sampleOf = (pattern: string): string =>
  pattern.endsWith('/*') ? `${pattern.slice(0, -1)}x` : pattern

const hasVersion = (pattern: string): boolean => /[:@][^/]*$/.test(pattern)
