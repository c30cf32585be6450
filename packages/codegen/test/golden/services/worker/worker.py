import os

queue = os.environ["QUEUE"]
