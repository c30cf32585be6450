/** A piece of a conversation between an IDE and a debugger, for tests. */
export type Step = readonly ['toProgram' | 'toIde', string | Buffer]
