"""runner.py - runs tests that are functions of the program's path and an empty folder: WEIR [NAME...]."""
import os
import subprocess
import sys
import tempfile


def run(tests):
    weir = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        name = test.__name__.replace("_", " ")
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(weir, folder)
                print("ok  ", name)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAIL {name}: {error}")
    return 1 if failed else 0
