"""What the scripts that measure have in common: built programs, private servers, one line of JSON a figure."""
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# CONFIG=debug measures what the tests run; such figures say nothing but that the script works.
CONFIG = os.environ.get("CONFIG", "release")


def say(text):
    print(text, file=sys.stderr, flush=True)


def program(name):
    """The path of one of our programs, built when it is not up to date."""
    binary = ROOT / ".build" / CONFIG / name
    if os.environ.get("BENCH_BUILT") != "1":
        subprocess.run(["swift", "build", "-c", CONFIG, "--product", name], cwd=ROOT, check=True, stdout=sys.stderr)
    return str(binary)


def with_servers(*products):
    """Goes on in a process that has private servers, and is given up with them; the programs are built before."""
    if "REPAZOO_RUN" in os.environ:
        return
    for name in products:
        program(name)
    environment = dict(os.environ, BENCH_BUILT="1", PYTHONDONTWRITEBYTECODE="1")
    servers = str(ROOT / "compose" / "servers")
    os.execve(servers, [servers, "run", "--", sys.executable, os.path.realpath(sys.argv[0]), *sys.argv[1:]], environment)


def output(command, **settings):
    """The standard output of a command that must succeed."""
    settings.setdefault("cwd", ROOT)
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True, **settings).stdout


def sql(statements):
    return output(["psql", os.environ["DATABASE_URL"], "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statements])


def peers():
    """The Python of the peers; None when they cannot be installed."""
    return environment("peers", "celery", "aio-pika", "psycopg[binary]", "redis")


def plotter():
    """A Python that draws; None when it cannot be installed."""
    return environment("plotter", "matplotlib")


def environment(name, *packages):
    """The Python of an environment of its own under .dev, made at first use; None when the package index cannot be reached."""
    place = ROOT / ".dev" / name
    if not (place / "ready").exists():
        say(f"installing {', '.join(packages)}")
        try:
            subprocess.run([sys.executable, "-m", "venv", place], check=True, stdout=sys.stderr)
            subprocess.run([place / "bin" / "pip", "install", "-q", *packages], check=True, stdout=sys.stderr)
        except subprocess.CalledProcessError:
            say(f"{name} could not be installed: left out")
            return None
        (place / "ready").touch()
    return place / "bin" / "python"


class ProcessorTime:
    """Seconds of processor time that the servers and our own children used while the block ran, by name. Meant for a machine on which
    nothing else runs: servers of others would count too."""
    SERVERS = {"beam.smp": "RabbitMQ", "postgres": "PostgreSQL", "redis-server": "Redis"}

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_):
        self.spent = {name: seconds - self.before[name] for name, seconds in self._now().items()}

    def _now(self):
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = dict.fromkeys(self.SERVERS.values(), 0.0) | {"the program": own.ru_utime + own.ru_stime}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, fields = stat.read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            if name in self.SERVERS:  # with that of its children that have ended: a connection is a process
                seconds[self.SERVERS[name]] += sum(map(int, fields.split()[11:15])) / os.sysconf("SC_CLK_TCK")
        return seconds

    def a_piece(self, count):
        return {f"{name}, microseconds of processor time a job": round(seconds / count * 1e6, 1) for name, seconds in self.spent.items()}


def wait_until_calm():
    """Returns when the servers are at rest, so that what they still write of the filling is not measured; after 15 s in any case."""
    os.sync()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with ProcessorTime() as used:
            time.sleep(0.5)
        if sum(used.spent.values()) < 0.04:
            return


def figure(row, ours, unit, beside=None, theirs=None, goal=None, at_most=False, **more):
    """Prints the medians of a row. `ours` and `theirs`: a list each, in the order of the rounds, so that round by round they
    stand beside each other; the ratio is the median of the rounds' ratios. `at_most`: less is better, the goal is a bound."""
    line = {"row": row, "ours": statistics.median(ours), "unit": unit, "rounds": [round(value, 2) for value in ours]}
    if theirs:
        line |= {"beside": beside, "theirs": statistics.median(theirs), "their_rounds": [round(value, 2) for value in theirs]}
        line["ratio"] = statistics.median(our / their for our, their in zip(ours, theirs))
    line |= {"goal": goal, "at_most": at_most, "more": more}
    print(json.dumps(line), flush=True)
