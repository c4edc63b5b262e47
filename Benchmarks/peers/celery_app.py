"""Celery 5: late acknowledgement (a job survives its worker), prefetch 50 a process, results not kept.

    celery -A celery_app worker -c 2            python celery_app.py COUNT fills the queue and prints jobs/s
"""
import os
import sys

import celery

import job

app = celery.Celery("peer", broker=os.environ["AMQP_URL"])
app.conf.update(
    task_acks_late=True, worker_prefetch_multiplier=50, task_ignore_result=True, task_default_queue="peer.celery",
    broker_connection_retry_on_startup=True)
worker = None


# Named, as the one who asks and the worker load this file under different names.
@app.task(name="standard")
def standard(user):
    global worker
    worker = worker or job.Worker()
    worker.work(user)


def main(count):
    for number in range(count):
        standard.delay(f"user-{number % 1000 + 1}")
    print("filled", flush=True)
    print(count / job.finished(count))


if __name__ == "__main__":
    main(int(sys.argv[1]))
