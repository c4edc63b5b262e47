#!/usr/bin/env python3
"""Presidio's pattern recognisers and scrubadub on the lines of the standard input: MB/s of one core.

    privacy-bench emit tweets-dirty | python_peers.py        (pip install presidio-analyzer scrubadub)

Presidio runs without its language model, which would slow it down further: only what is found by pattern and check digit.
"""
import logging, sys, time

logging.disable(logging.CRITICAL)
LINES = [line.rstrip("\n") for line in sys.stdin][:400]
BYTES = sum(len(line.encode()) for line in LINES)


def measure(name, work):
    work(LINES[0])
    start = time.process_time()
    found = sum(work(line) for line in LINES)
    took = time.process_time() - start
    print(f"{name} {BYTES / took / 1e6:.4f} MB/s, {found} findings in {len(LINES)} texts", flush=True)


def presidio():
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, EmailRecognizer, IbanRecognizer, IpRecognizer, PhoneRecognizer, UrlRecognizer
    recognizers = [kind() for kind in (EmailRecognizer, PhoneRecognizer, IpRecognizer, UrlRecognizer, CreditCardRecognizer, IbanRecognizer)]
    measure("presidio", lambda text: sum(len(r.analyze(text, r.supported_entities, None) or []) for r in recognizers))


def scrubadub():
    import scrubadub
    scrubber = scrubadub.Scrubber()
    measure("scrubadub", lambda text: sum(1 for _ in scrubber.iter_filth(text)))


for peer in (presidio, scrubadub):
    try:
        peer()
    except Exception as error:
        print(f"{peer.__name__} not-measured {type(error).__name__}")
