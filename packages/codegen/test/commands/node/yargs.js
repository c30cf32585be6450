import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'

const say = ({ _, $0, ...given }) => console.log(JSON.stringify(given))

yargs(hideBin(process.argv))
  .scriptName('shop')
  .command(
    'create-admin <email> [tags..]',
    'Creates an admin',
    (y) =>
      y
        .option('role', { choices: ['admin', 'root'], describe: 'What it may do: much' })
        .option('force', { type: 'boolean' }),
    say,
  )
  .command('purge', 'Forgets everything', {}, say)
  .command('db', 'The database', (y) =>
    y.command('migrate [to]', 'Migrates', {}, say).demandCommand(1),
  )
  .demandCommand(1)
  .strict()
  .parse()
