#!/usr/bin/env python3
"""Prints "PASSED FAILED": how many tests meson's log (testlog.json, a test a line) tells of.

A program that counts its own tests (cmocka's units, `weir test`) counts as many; another one as one. Skipped ones do not count.
"""
import json
import re
import sys


def count(test):
    if test['result'] == 'SKIP':
        return 0, 0
    text = test.get('stdout', '') + test.get('stderr', '')
    units = re.findall(r'^\[  (PASSED|FAILED)  \] (\d+) test', text, re.M)
    scripts = re.findall(r'^(\d+) passed, (\d+) failed', text, re.M)
    if units:
        counted = {word: int(n) for word, n in units}
        passed, failed = counted.get('PASSED', 0), counted.get('FAILED', 0)
    elif scripts and 'conformance' not in test['name']:
        passed, failed = map(int, scripts[-1])
    else:
        passed, failed = int(test['result'] == 'OK'), 0
    return passed, max(failed, int(test['result'] != 'OK'))


with open(sys.argv[1], encoding='utf-8') as log:
    totals = [count(json.loads(line)) for line in log]
print(sum(t[0] for t in totals), sum(t[1] for t in totals))
