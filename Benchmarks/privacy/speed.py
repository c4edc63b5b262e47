#!/usr/bin/env python3
"""How fast one core redacts and sanitizes, turn by turn with RE2, and beside Presidio and scrubadub.

    speed.py PROGRAM [--re2 PROGRAM] [--peers PYTHON] [--rounds N]

PROGRAM is `privacy-bench`. Seconds are those of the process alone. Prints a table, and one line of JSON a row.
"""
import argparse, json, statistics, subprocess
from pathlib import Path

KINDS = ["tweets-clean", "tweets-dirty", "logs-clean", "logs-dirty"]


def output(command, text=None):
    return subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True, check=True).stdout


def row(name, ours, unit="MB/s", beside=None, theirs=(), goal=None):
    line = {"row": name, "ours": statistics.median(ours), "unit": unit, "rounds": [round(value, 1) for value in ours]}
    if theirs:
        line |= {"beside": beside, "theirs": statistics.median(theirs), "their_rounds": [round(value, 2) for value in theirs],
                 "ratio": round(statistics.median(our / their for our, their in zip(ours, theirs)), 2)}
    print(json.dumps(line | {"goal": goal, "at_most": False}), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--re2")
    options.add_argument("--peers")
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    print(f"{'texts':13} {'face':9} {'MB/s':>6} {'RE2':>6} {'times':>6}   {'+ known names':>13}   Presidio, scrubadub: MB/s (times)")
    for kind in KINDS:
        texts = output([options.program, "emit", kind])
        peers = {}
        if options.peers:
            for line in output([options.peers, Path(__file__).parent / "python_peers.py"], texts).splitlines():
                name, speed, *_ = line.split()
                if speed != "not-measured": peers[name] = float(speed)
        for face in ("redact", "sanitize"):
            ours, theirs, known = [], [], []
            for _ in range(options.rounds):
                ours.append(float(output([options.program, "rate", kind, face])))
                if face == "sanitize": known.append(float(output([options.program, "rate", kind, "known"])))
                if options.re2: theirs.append(float(output([options.re2, face], texts).split()[0]))
            ratio = statistics.median(our / their for our, their in zip(ours, theirs)) if theirs else 0
            others = "   ".join(f"{name} {speed:.3f} ({statistics.median(ours) / speed:.0f})" for name, speed in peers.items())
            print(f"{kind:13} {face:9} {statistics.median(ours):6.0f} {statistics.median(theirs) if theirs else 0:6.0f} {ratio:6.2f}   "
                  f"{statistics.median(known) if known else 0:13.0f}   {others}")
            words = kind.replace("-", ", ")
            row(f"{face}: {words}", ours, beside="RE2", theirs=theirs, goal=2 if kind.startswith("tweets") else None)
            if kind == "tweets-dirty":
                row(f"{face}: {words}, a core", ours, goal=300)
                if "presidio" in peers: row(f"{face}: {words}, beside Presidio", ours, "MB/s", "Presidio", [peers["presidio"]] * len(ours), 1000)
                if known: row(f"{face}: {words}, with known names", known, goal=300)


main()
