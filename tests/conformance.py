#!/usr/bin/env python3
"""Runs the conformance cases, where they lie beside the repository, against the driver: those that conformance-known.txt names fail,
and no others; whether records go into a query one by one or together.

usage: conformance.py DRIVER [--accept]    exits 77, which meson takes for "skipped", where there are no cases

--accept   writes conformance-known.txt anew, from what fails now
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RUNNER = os.path.join(HERE, '../../shared/conformance/run.py')
KNOWN = os.path.join(HERE, 'conformance-known.txt')


def failing(driver):
    """Each failing case and why it fails."""
    with tempfile.NamedTemporaryFile() as verdicts:
        subprocess.run([sys.executable, RUNNER, '--driver', driver, '--json', verdicts.name], stdout=subprocess.DEVNULL)
        answers = json.load(verdicts)
    print(f'{len(answers)} cases')
    return {case.strip(): why for case, why in answers.items() if why}


def compare(way, now):
    with open(KNOWN, encoding='utf-8') as f:
        known = {line.strip() for line in f if not line.startswith('#')}
    for case in sorted(now.keys() - known):
        print(f'fails {way}, and is not known to: {case}: {now[case]}')
    for case in sorted(known - now.keys()):
        print(f'passes {way} now, take it out of conformance-known.txt: {case}')
    return now.keys() == known


def main():
    if not os.path.exists(RUNNER):
        sys.exit(77)
    now = failing(sys.argv[1])
    if sys.argv[2:] == ['--accept']:
        with open(KNOWN, 'w', encoding='utf-8') as f:
            f.write('# Cases that are known to fail; written by conformance.py --accept.\n')
            f.writelines(case + '\n' for case in sorted(now))
    one_by_one = compare('record by record', now)
    together = compare('in batches', failing(sys.argv[1] + ' --batched'))
    sys.exit(0 if one_by_one and together else 1)


main()
