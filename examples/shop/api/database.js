import pg from 'pg'
import { log } from './log.js'

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 5,
  connectionTimeoutMillis: 3_000,
})

// A connection that breaks while idle leaves the pool by itself; unheard, the event would end the process.
pool.on('error', (error) => log('error', 'connection lost', { error: error.message }))

/** Rows of one statement. One that hit a connection just broken did nothing, and is sent again. */
export const query = async (text, values) => {
  try {
    return (await pool.query(text, values)).rows
  } catch (error) {
    if (!wasCut(error)) throw error
    log('info', 'connection cut, trying a new one')
    return (await pool.query(text, values)).rows
  }
}

/** 57P01 is what Postgres says when it ends a session on purpose. */
const wasCut = (error) =>
  ['57P01', 'ECONNRESET', 'EPIPE'].includes(error.code) ||
  error.message.startsWith('Connection terminated')
