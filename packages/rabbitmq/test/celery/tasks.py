import os

from celery import Celery

app = Celery('tasks', broker=os.environ['BROKER'], backend=os.environ['BACKEND'])
app.conf.broker_connection_retry_on_startup = True


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, max_retries=3)
def retried(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0)
    return self.request.retries
