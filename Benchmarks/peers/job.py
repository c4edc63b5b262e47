"""The standard job as every peer does it: a sliding window in Redis, the user's consent, one row, committed.

Environment: DATABASE_URL, REDIS_URL. Less than ours does: no receipt, no hash chain, no answer to a message that comes twice.
"""
import os
import time
import uuid

# The window is so wide that it always passes; the clock is Redis's.
WINDOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""
CONSENT = "select consented_at from floor_users where id = %s"
RECORD = "insert into floor_audit (user_id, action) values (%s, 'job')"


def window(user):
    """Keys and arguments of the script."""
    return {"keys": [f"peer:{{{user}}}"], "args": [900_000, 10**9, str(uuid.uuid4())]}


class Worker:
    """Connections of one process, made at its first job."""

    def __init__(self):
        import psycopg
        import redis

        self.postgres = psycopg.connect(os.environ["DATABASE_URL"])
        self.passes = redis.Redis.from_url(os.environ["REDIS_URL"]).register_script(WINDOW)

    def work(self, user):
        if not self.passes(**window(user)):
            raise RuntimeError("rate limited")
        with self.postgres.transaction():
            self.postgres.execute(CONSENT, (user,)).fetchone()
            self.postgres.execute(RECORD, (user,))


def finished(count, limit=300):
    """Waits until so many rows are there; seconds from the first row to the last."""
    import psycopg

    until = time.monotonic() + limit
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as postgres:
        while True:
            rows, seconds = postgres.execute(
                "select count(*), extract(epoch from max(at) - min(at))::float8 from floor_audit").fetchone()
            if rows >= count:
                return seconds
            if time.monotonic() > until:
                raise SystemExit(f"only {rows} of {count} jobs were done in {limit} s")
            time.sleep(0.2)
