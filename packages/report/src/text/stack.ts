/**
 * Returns whether a line continues the one before it: a frame of a stack trace in Node, Python, Java, Go, PHP or .NET,
 * or any indented line.
 */
export const continues = (text: string): boolean => /^(?:\s+\S|Caused by: |#\d+ )/.test(text)
