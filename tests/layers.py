#!/usr/bin/env python3
"""Layers point one way, and one file knows each outside library.

usage: layers.py ROOT

A folder includes only its own headers and those of folders above it: above is what the root meson.build names earlier.
Standard library only. Prints each include that is wrong, and exits 1 if there is one.
"""
import fnmatch
import os
import re
import sys

# what the order alone would allow, and the design does not
BLIND = {
    'engine/number': {'parser'},
    'engine/time': {'parser'},
    'engine/types': {'parser'},
    'udf': {'parser'},
    'state': {'parser', 'udf'},
    'engine/serde': {'parser', 'udf', 'state'},
    'engine/topic': {'parser', 'udf', 'state', 'engine/serde'},
}

# an outside library's headers, and the files that may include them
LIBRARIES = {
    'librdkafka/*': ['engine/topic/kafka/*'],
    'sqlite3.h': ['engine/topic/local/*', 'state/sqlite*', 'tests/unit/local*'],
    'gmp.h': ['engine/types/decimal_big.c'],
    'histedit.h': ['cli/shell/*'],
    'jansson.h': ['engine/service/command.c'],
    'cmocka.h': ['tests/unit/test.h'],
}
ONE_FILE = ['gmp.h', 'histedit.h', 'jansson.h', 'cmocka.h']

SYSTEM = set('''
arpa/inet.h assert.h ctype.h dirent.h dlfcn.h emmintrin.h endian.h errno.h execinfo.h fcntl.h float.h ftw.h getopt.h immintrin.h
inttypes.h langinfo.h limits.h linux/futex.h locale.h malloc.h math.h netdb.h netinet/in.h poll.h pthread.h pwd.h regex.h sched.h semaphore.h setjmp.h
signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h syslog.h sys/eventfd.h sys/file.h
sys/ioctl.h sys/mman.h sys/random.h sys/resource.h sys/socket.h sys/stat.h sys/syscall.h sys/time.h sys/timerfd.h sys/types.h
sys/uio.h sys/utsname.h sys/wait.h termios.h time.h unistd.h wchar.h wctype.h x86intrin.h sanitizer/asan_interface.h
sanitizer/lsan_interface.h sanitizer/tsan_interface.h glob.h
'''.split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def layers(root):
    with open(os.path.join(root, 'meson.build'), encoding='utf-8') as f:
        return re.findall(r"subdir\('([^']+)'\)", f.read())


def sources(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith(('.', 'build')) and f != 'design']
        for name in files:
            if name.endswith(('.c', '.h', '.re', '.y', '.def')):
                yield os.path.relpath(os.path.join(folder, name), root)


def layer_of(path, order):
    return max((layer for layer in order if path.startswith(layer + '/')), key=len, default=None)


def wrong_header(path, header):
    for pattern, owners in LIBRARIES.items():
        if fnmatch.fnmatch(header, pattern):
            if not any(fnmatch.fnmatch(path, owner) for owner in owners) and not path.startswith('tests/bench/'):
                return f'only {", ".join(owners)} may include <{header}>'
            return None
    return None if header in SYSTEM else f'<{header}> belongs to no library that tests/layers.py knows'


def wrong_include(path, header, order):
    mine, theirs = layer_of(path, order), layer_of(header, order)
    if '/' not in header or mine is None:
        return None
    if theirs is None:
        return f'"{header}" is in no layer'
    if order.index(theirs) > order.index(mine):
        return f'"{header}" is of a layer below'
    if theirs in BLIND.get(mine, ()):
        return f'{mine} knows nothing of {theirs}: "{header}"'
    return None


def main():
    root = sys.argv[1]
    order = layers(root)
    wrong, users = [], {}
    for path in sorted(sources(root)):
        with open(os.path.join(root, path), encoding='utf-8') as f:
            text = f.read()
        for kind, header in INCLUDE.findall(text):
            why = wrong_header(path, header) if kind == '<' else wrong_include(path, header, order)
            if why:
                wrong.append(f'{path}: {why}')
            if header in ONE_FILE and not path.startswith('tests/bench/'):
                users.setdefault(header, []).append(path)
    wrong += [f'<{header}> is included by more than one file: {", ".join(paths)}' for header, paths in users.items() if len(paths) > 1]
    print('\n'.join(wrong) or f'{len(order)} layers, every include points the right way')
    sys.exit(1 if wrong else 0)


main()
