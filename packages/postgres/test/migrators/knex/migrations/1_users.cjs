exports.up = async (knex) => {
  await knex.schema.createTable('users', (table) => {
    table.increments('id')
    table.string('name').notNullable()
  })
  await knex('users').insert({ name: 'ann' })
}
exports.down = (knex) => knex.schema.dropTable('users')
