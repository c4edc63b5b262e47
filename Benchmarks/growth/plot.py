"""A curve's picture from its data: throughput and peak memory over what grows.      python plot.py FILE.csv"""
import csv
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plot
from matplotlib.ticker import EngFormatter

matplotlib.rcParams["svg.hashsalt"] = "repazoo"
matplotlib.rcParams["font.size"] = 9

source = Path(sys.argv[1])
(across, up, memory), *rows = csv.reader(source.open())
xs, rates, peaks = ([float(row[column]) for row in rows] for column in range(3))
figure, left = plot.subplots(figsize=(5, 3))
left.plot(xs, rates, "o-", color="#1f6feb", label=up)
left.set(xscale="log", xlabel=across, ylabel=up, ylim=(0, max(rates) * 1.15))
if len(xs) and max(xs) <= 16:
    left.set_xscale("log", base=2)
left.set_xticks(xs, labels=[EngFormatter(sep="")(x) for x in xs], minor=False)
left.minorticks_off()
left.yaxis.set_major_formatter(EngFormatter(sep=""))
right = left.twinx()
right.plot(xs, peaks, "s--", color="#b35900", label=memory)
right.set(ylabel=memory, ylim=(0, max(peaks) * 1.6))
left.grid(alpha=0.3)
lines = left.get_lines() + right.get_lines()
left.legend(lines, [line.get_label() for line in lines], loc="lower right", framealpha=0.9)
figure.tight_layout()
figure.savefig(source.with_suffix(".svg"), metadata={"Date": None})
