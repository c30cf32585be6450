import pg from 'pg'
import { log } from './log.js'

export const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 5,
  connectionTimeoutMillis: 3_000,
})

// The pool drops an idle connection that breaks; without a listener, the event would end the process.
pool.on('error', (error) => log('error', 'connection lost', { error: error.message }))

/** Returns the rows of a statement. Retries once on a broken connection, because the statement had no effect. */
export const query = async (text, values) => {
  try {
    return (await pool.query(text, values)).rows
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    log('info', 'connection lost, retrying on a new one')
    return (await pool.query(text, values)).rows
  }
}

/** Postgres sends 57P01 when it terminates a connection on purpose. */
const isConnectionLost = (error) =>
  ['57P01', 'ECONNRESET', 'EPIPE'].includes(error.code) ||
  error.message.startsWith('Connection terminated')
