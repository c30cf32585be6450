import os

# A project that does not start without its environment.
SECRET_KEY = os.environ['SECRET_KEY']
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.environ['DATABASE_FILE']}}
INSTALLED_APPS = ['shop']
USE_TZ = True
