import argparse
import json

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = 'Creates an admin'

    def add_arguments(self, parser):
        parser.add_argument('email', help='Address to sign in with')
        parser.add_argument('tags', nargs='*', help='Words to find the account by')
        parser.add_argument('--role', choices=['admin', 'root'], default='admin', help='What it may do (default: %(default)s)')
        parser.add_argument('--quota', type=int, help='100%% is all of it')
        parser.add_argument('--group', action='append', default=[], help='A group to join')
        parser.add_argument('--fields', nargs='+', default=[], help='Fields to show')
        parser.add_argument('--mail', action=argparse.BooleanOptionalAction, default=True, help='Send a mail')
        parser.add_argument('-n', action='store_true', dest='dry', help='Change nothing')

    def handle(self, email, tags, **options):
        if email == 'taken@b.co':
            raise CommandError('taken', returncode=3)
        names = ['role', 'quota', 'group', 'fields', 'mail', 'dry']
        self.stdout.write(json.dumps({'email': email, 'tags': tags, **{name: options[name] for name in names}}))
