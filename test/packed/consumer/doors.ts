export type * as operate from 'mesocosm/operate'
export type * as runner from 'mesocosm/runner'
export type * as testing from 'mesocosm/testing'
export type * as trace from 'mesocosm/trace'
