"""Asks for each page many times over one connection, and says how long the answers took, measured from the request's last byte to the
answer's last byte: server time and loopback.

Usage: ask.py PORT PASSWORD RUNS LOOKS MESSAGE MIDDLE (a time in the middle of the runs)
"""
import http.client
import json
import os
import sys
import time
import urllib.parse

port, password, runs, looks, message, middle = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:]
PAGES = {
    "overview": "/", "runs, newest": "/runs", "runs, from the middle": "/runs?before=" + urllib.parse.quote(middle),
    "runs of ingest": "/runs?consumer=ingest", "runs of alert (few)": "/runs?consumer=alert",
    "runs refused": "/runs?outcome=refused", "runs dead": "/runs?outcome=dead", "runs of a user": "/runs?search=user-100001",
    "runs of a user without": "/runs?search=user-99", "one message among runs": "/runs?search=" + message,
    "one run": "/runs/" + message, "dead letters": "/dead",
    "letters of a cause": "/dead/letters?queue=repazoo.ingest&reason=attempts_exhausted&code=network",
    "alerts": "/alerts", "alerts, resolved": "/alerts?status=resolved", "people": "/people",
    "a person": "/people?user=user-100001", "a person, trail verified": "/people?user=user-100001&verify=1",
    "schedules": "/schedules", "compliance": "/compliance",
}


def connected():
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.connect()
            return connection
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit("the console does not listen")


connection = connected()
connection.request("POST", "/sign-in", urllib.parse.urlencode({"name": "grace", "password": password}),
                   {"Content-Type": "application/x-www-form-urlencoded"})
answer = connection.getresponse()
answer.read()
if answer.status != 303:
    sys.exit(f"signing in was answered with {answer.status}")
cookie = answer.headers["Set-Cookie"].split(";")[0]


def look(path):
    start = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{path} was answered with {answer.status}")
    return 1000 * (time.perf_counter() - start)


print(f"{'page':28} {'p50 ms':>8} {'p95 ms':>8} {'worst':>8}")
slowest = ("", 0.0)
for name, path in PAGES.items():
    for _ in range(5):
        look(path)
    times = sorted(look(path) for _ in range(looks))
    p50, p95 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 95 // 100)]
    slowest = max(slowest, (name, p95), key=lambda one: one[1])
    print(f"{name:28} {p50:8.1f} {p95:8.1f} {times[-1]:8.1f}", flush=True)
load = os.getloadavg()[0]
print(json.dumps({"row": f"console: slowest page's p95 with {runs} runs", "ours": round(slowest[1], 1), "unit": "ms", "goal": 50, "at_most": True,
                  "more": {"page": slowest[0], "load": round(load, 1)}}))
