#!/usr/bin/env python3
"""Prints every statement of the conformance cases, where they lie beside the repository, and parses it again: nothing may change, and
only the last statement of a case that expects a refusal may fail to parse.

usage: roundtrip.py ROUNDTRIP    exits 77, which meson takes for "skipped", where there are no cases
"""
import glob
import json
import os
import subprocess
import sys

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../shared/conformance/cases')


def statements():
    """The statements that must parse, and those that need not."""
    must, may = [], []
    for path in sorted(glob.glob(os.path.join(CASES, '*', '*.json'))):
        with open(path, encoding='utf-8') as f:
            cases = json.load(f)
        for case in cases:
            last = len(case['statements']) - (1 if 'rejects' in case else 0)
            must += case['statements'][:last]
            may += case['statements'][last:]
    return must, may


def run(roundtrip, texts):
    text = ''.join(text + '\0' for text in texts)
    return subprocess.run([roundtrip], input=text.encode(), stdout=subprocess.PIPE).stdout.decode().splitlines()


def main():
    must, may = statements()
    if not must:
        sys.exit(77)
    all_must, all_may = run(sys.argv[1], must), run(sys.argv[1], may)
    print('\n'.join(all_must + all_may))
    sys.exit(0 if all_must[-1] == f'{len(must)} the same, 0 changed, 0 refused' and ' 0 changed' in all_may[-1] else 1)


main()
