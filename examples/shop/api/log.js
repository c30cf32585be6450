const levels = ['debug', 'info', 'error', 'silent']
const threshold = levels.indexOf(process.env.LOG_LEVEL ?? 'info')

/** Writes one JSON line to stdout. */
export const log = (level, message, facts = {}) => {
  if (levels.indexOf(level) >= threshold)
    console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...facts }))
}
