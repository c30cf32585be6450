from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = 'Looks after the stock'

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest='action', required=True)
        count = actions.add_parser('count', help='Counts what is there')
        count.add_argument('shelf', nargs='?')
        move = actions.add_parser('move', help='Moves things')
        move.add_argument('places', nargs=2, metavar='place')

    def handle(self, action, **options):
        self.stdout.write(f'{action} {options.get("shelf")} {options.get("places")}')
