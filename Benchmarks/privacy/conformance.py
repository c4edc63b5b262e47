#!/usr/bin/env python3
"""The mentions and addresses of twitter-text's conformance suite: what must be found, and what must not.

    conformance.py PROGRAM extract.yml      (pip install pyyaml; the file is conformance/extract.yml of twitter/twitter-text)

A difference is marked `other` if the engine took out something of another kind as well, which that suite does not look for.
"""
import re, subprocess, sys
import yaml

SUITES = {"mentions": "[USER]", "mentions_with_indices": "[USER]", "mentions_or_lists_with_indices": "[USER]", "urls": "[URL]",
          "urls_with_indices": "[URL]", "urls_with_directional_markers": "[URL]"}


def sanitized(program, text):
    done = subprocess.run([program, "filter", "sanitize"], input=(text + "\n").encode(), capture_output=True, check=True)
    return done.stdout.decode()[:-1]


def wanted(case, marker):
    text, end, out = case["text"], 0, ""
    for item in case["expected"]:
        if isinstance(item, dict):
            start, stop = item["indices"]
            if item.get("list_slug"): stop = start + 1 + len(item["screen_name"])
        elif marker == "[USER]":
            start, stop = re.compile("[@＠]" + re.escape(item)).search(text, end).span()
        else:
            start = text.index(item, end)
            stop = start + len(item)
        out, end = out + text[end:start] + marker, stop
    return out + text[end:]


def main():
    program, file = sys.argv[1:]
    suites = yaml.safe_load(open(file, encoding="utf8"))["tests"]
    for name, marker in SUITES.items():
        same = other = 0
        for case in suites.get(name, []):
            got, want = sanitized(program, case["text"]), wanted(case, marker)
            if got == want: same += 1
            elif re.sub(r"\[[A-Z]+\]", "", got) != re.sub(r"\[[A-Z]+\]", "", want) and got.count(marker) >= want.count(marker) \
                    and set(re.findall(r"\[[A-Z]+\]", got)) - {marker}: other += 1
            else: print("  ", case["description"], "|", repr(case["text"]), "| got", repr(got), "| want", repr(want))
        print(f"{name:32} {len(suites.get(name, [])):4} cases, {same} as wanted, {other} with something of another kind")


main()
