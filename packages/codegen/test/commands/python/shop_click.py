import json

import click


@click.group()
@click.option('--config', envvar='SHOP_CONFIG')
def cli(config):
    """The shop."""


@cli.command()
@click.argument('email')
@click.argument('tags', nargs=-1)
@click.option('--role', type=click.Choice(['admin', 'root']), default='admin', help='What it may do')
@click.option('--quota', type=int)
@click.option('--group', multiple=True)
@click.option('--at', nargs=2, type=float, help='Where it is')
@click.option('--mail/--no-mail', default=True)
@click.option('-n', 'dry', is_flag=True)
def create_admin(**given):
    """Creates an admin."""
    click.echo(json.dumps(given))


@cli.group()
def db():
    """The database."""


@db.command(help='Brings it to a version')
@click.argument('version', required=False)
def migrate(version):
    click.echo(f'at {version}')


@db.command(hidden=True)
def destroy():
    pass


if __name__ == '__main__':
    print('loading the shop')
    cli()
