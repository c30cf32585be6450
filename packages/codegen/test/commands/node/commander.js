import { Argument, Command, Option } from 'commander'

const program = new Command('shop').version('1.2.3')
const say = (...given) => console.log(JSON.stringify(given.slice(0, -1)))

program
  .command('create-admin')
  .description('Creates an admin')
  .argument('<email>', 'Address to sign in with')
  .argument('[tags...]')
  .addOption(
    new Option('--role <role>', 'What it may do').choices(['admin', 'root']).default('admin'),
  )
  .option('--quota <n>', 'How much', Number)
  .option('--group <names...>')
  .option('--no-mail', 'Send none')
  .option('-n', 'Change nothing')
  .requiredOption('--reason <text>')
  .action(say)
const db = program.command('db')
db.command('migrate')
  .addArgument(new Argument('[to]').choices(['up', 'down']))
  .action(say)
program.command('secret', { hidden: true }).action(say)

await program.parseAsync()
