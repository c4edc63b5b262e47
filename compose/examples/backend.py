"""A backend beside the consumers: FastAPI in front, aio-pika to the broker.

It asks for work (synchronise, analyse, export), hears what came of it, and tells the browser. Everything that a backend has to
know is here: a message id for each request, mandatory publishing with confirms, and events that may come twice.

    pip install fastapi uvicorn aio-pika        (Debian: python3-fastapi python3-uvicorn python3-aio-pika)
    AMQP_URL=amqp://backend:…@host/%2F uvicorn --app-dir compose/examples backend:app

    curl -X POST 'http://127.0.0.1:8000/api/twitter/sync?user_id=user-123456'      {"message_id": "…"}
    curl 'http://127.0.0.1:8000/api/requests/<message_id>'                         what happened so far

The backend itself writes the tables users, oauth_tokens and subscriptions; topology/asyncapi.yaml describes all messages.
"""

import asyncio
import contextlib
import datetime
import json
import os
import uuid
from collections import OrderedDict

import aio_pika
from fastapi import FastAPI, HTTPException, Query

REQUESTS = "repazoo.requests"
EVENTS = "repazoo.events"
# The backend's own queue: it keeps what happens while no backend runs.
QUEUE = "backend.events"
# How many requests are remembered for the browser; a real backend writes events to its database.
REMEMBERED = 10_000


class Consumers:
    """Requests to the consumers, and events from them."""

    def __init__(self, url: str):
        self.url = url
        self.events = OrderedDict()

    async def open(self):
        self.connection = await aio_pika.connect_robust(self.url, client_properties={"connection_name": "backend"})
        # Publishing and consuming on channels of their own. A message that no queue takes raises.
        self.publishing = await self.connection.channel(publisher_confirms=True, on_return_raises=True)
        self.exchange = await self.publishing.get_exchange(REQUESTS, ensure=False)
        consuming = await self.connection.channel()
        await consuming.set_qos(prefetch_count=100)
        queue = await consuming.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        for key in ("ingest.*", "analysis.*", "export.*", "erasure.*"):
            await queue.bind(await consuming.get_exchange(EVENTS, ensure=False), key)
        await queue.consume(self.hear)

    async def close(self):
        await self.connection.close()

    async def ask(self, work: str, **body) -> str:
        """Returns when the broker has the request for good. The same message id twice is worked once: to be safe against a
        browser that retries, derive it from the browser's own key instead of taking a random one."""
        message_id = str(uuid.uuid4())
        message = aio_pika.Message(
            json.dumps(body).encode(),
            message_id=message_id,
            correlation_id=message_id,
            type=f"repazoo.{work}.v1",
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            timestamp=datetime.datetime.now(datetime.timezone.utc),
            app_id="backend",
        )
        self.events[message_id] = []
        while len(self.events) > REMEMBERED:
            self.events.popitem(last=False)
        await self.exchange.publish(message, routing_key=work, mandatory=True, timeout=10)
        return message_id

    async def hear(self, message: aio_pika.abc.AbstractIncomingMessage):
        """Events are announced at least once, and follow the correlation id of the request, through an analysis after a
        synchronisation too."""
        async with message.process(requeue=True):
            event = json.loads(message.body)
            heard = self.events.setdefault(message.correlation_id, [])
            if all(known["id"] != message.message_id for known in heard):
                heard.append({"id": message.message_id, **event})


consumers = Consumers(os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1/%2F"))


@contextlib.asynccontextmanager
async def lifespan(_):
    await consumers.open()
    yield
    await consumers.close()


app = FastAPI(title="Repazoo backend (example)")
app.router.lifespan_context = lifespan


async def accepted(work: str, **body):
    try:
        return {"message_id": await consumers.ask(work, **body)}
    except (aio_pika.exceptions.DeliveryError, asyncio.TimeoutError, ConnectionError) as error:
        # Nothing was lost: the caller knows that it was not taken, and may ask again.
        raise HTTPException(503, "the broker does not take the request now") from error


# A real backend takes the user from the session, never from the query.
@app.post("/api/twitter/sync", status_code=202)
async def sync(user_id: str = Query(max_length=128), max_tweets: int = Query(800, ge=1, le=3200)):
    return await accepted("ingest", user_id=user_id, max_tweets=max_tweets)


@app.post("/api/analysis/sentiment", status_code=202)
async def analyse(user_id: str = Query(max_length=128)):
    return await accepted("analyze", user_id=user_id)


@app.post("/api/users/export-data", status_code=202)
async def export(user_id: str = Query(max_length=128)):
    return await accepted("export", user_id=user_id, requested_by="user")


@app.post("/api/users/erase", status_code=202)
async def erase(user_id: str = Query(max_length=128)):
    return await accepted("erase", user_id=user_id, reason="user")


@app.get("/api/requests/{message_id}")
async def request(message_id: str):
    if message_id not in consumers.events:
        raise HTTPException(404, "no such request")
    return {"message_id": message_id, "events": consumers.events[message_id]}
