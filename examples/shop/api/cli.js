import { parseArgs } from 'node:util'
import { pool, query } from './database.js'

const usage = `Usage: node cli.js <command>

Commands:
  create-admin <email> [--role=admin|root]   make an administrator; prints {"id"}
  seed <rows>                                add that many users; prints {"inserted"}
`

const commands = {
  'create-admin': async ([email], { role = 'admin' }) => {
    if (!email?.includes('@') || !['admin', 'root'].includes(role)) return undefined
    const [admin] = await query('insert into admins (email, role) values ($1, $2) returning id', [
      email,
      role,
    ])
    return { id: admin.id }
  },

  seed: async ([rows]) => {
    if (!/^\d+$/.test(rows ?? '')) return undefined
    const inserted = await query(
      `insert into users (email) select 'user' || n || '@example.test' from generate_series(1, $1::int) n
       on conflict do nothing returning id`,
      [rows],
    )
    return { inserted: inserted.length }
  },
}

const main = async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { role: { type: 'string' }, help: { type: 'boolean' } },
  })
  const [name = '', ...args] = positionals
  if (values.help) return process.stdout.write(usage)
  const result = await commands[name]?.(args, values)
  if (result === undefined) {
    process.stderr.write(usage)
    process.exitCode = 2
    return
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1
} finally {
  await pool.end()
}
