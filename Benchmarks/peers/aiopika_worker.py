"""What a Python team would write by hand for speed: aio-pika, psycopg and redis, all asynchronous, 64 messages and 16
connections at a time.      python aiopika_worker.py COUNT        fills a quorum queue, works it off, prints jobs/s
"""
import asyncio
import os
import sys
import time

import aio_pika
import psycopg
import redis.asyncio

import job

QUEUE, PREFETCH, CONNECTIONS = "peer.aiopika", 64, 16


async def fill(broker, count):
    channel = await broker.channel()
    queue = await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    await queue.purge()
    for first in range(0, count, 500):
        await asyncio.gather(*(
            channel.default_exchange.publish(
                aio_pika.Message(f"user-{number % 1000 + 1}".encode(), delivery_mode=2), routing_key=QUEUE)
            for number in range(first, min(first + 500, count))))
    await channel.close()


async def main(count):
    broker = await aio_pika.connect(os.environ["AMQP_URL"])
    await fill(broker, count)
    passes = redis.asyncio.from_url(os.environ["REDIS_URL"]).register_script(job.WINDOW)
    connections = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"]))
    left, done = count, asyncio.Event()

    async def work(message):
        nonlocal left
        user = message.body.decode()
        await passes(**job.window(user))
        postgres = await connections.get()
        try:
            async with postgres.transaction():
                await (await postgres.execute(job.CONSENT, (user,))).fetchone()
                await postgres.execute(job.RECORD, (user,))
        finally:
            connections.put_nowait(postgres)
        await message.ack()
        left -= 1
        if left == 0:
            done.set()

    channel = await broker.channel()
    await channel.set_qos(PREFETCH)
    queue = await channel.get_queue(QUEUE)
    start = time.monotonic()
    await queue.consume(work)
    await done.wait()
    print(count / (time.monotonic() - start))
    await broker.close()


asyncio.run(main(int(sys.argv[1])))
