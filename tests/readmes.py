#!/usr/bin/env python3
"""Every file and function that a README names must exist.

usage: readmes.py ROOT

Looked at is what stands in `back quotes`: a path (relative to the README or to the root; * stands for anything) or a name with an
underscore in small letters, with or without (). NAME in a path stands for one to come. Fenced blocks are not looked at.
Standard library only.
"""
import glob
import os
import re
import sys

PATH = re.compile(r'^[\w.*{},-]*(/[\w.*{},-]+)*/?$')
SUFFIX = re.compile(r'\.(c|h|re|y|def|py|sh|sql|test|md|build|txt|properties|xml|tsv|json)$')
NAME = re.compile(r'^([a-z][a-z0-9]*(_[a-z0-9]+)+)(\(\))?$')
MADE = ('build', '../shared')  # not in the repository: made by a build, or handed beside it


def walk(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f != '.git' and not f.startswith('build')]
        for name in files:
            yield os.path.join(folder, name)


def identifiers(root):
    found = set()
    for path in walk(root):
        if path.endswith(('.md', '.tsv')):
            continue
        with open(path, encoding='utf-8', errors='ignore') as f:
            found.update(re.findall(r'[A-Za-z_]\w*', f.read()))
    return found


def expand(pattern):
    """a{b,c}d as the shell has it."""
    match = re.search(r'\{([^{}]*)\}', pattern)
    if not match:
        return [pattern]
    return [e for part in match[1].split(',') for e in expand(pattern[:match.start()] + part + pattern[match.end():])]


def missing(word, folder, root, known):
    name = NAME.match(word)
    if name:
        return name[1] not in known and not os.path.exists(os.path.join(folder, word))
    if not PATH.match(word) or 'NAME' in word or word.startswith(MADE) or not ('/' in word or SUFFIX.search(word)):
        return False
    if '/' in word and not SUFFIX.search(word) and not word.endswith('/') and not os.path.isdir(os.path.join(root, word.split('/')[0])):
        return False
    return not all(glob.glob(os.path.join(folder, p)) or glob.glob(os.path.join(root, p)) for p in expand(word))


def words(text):
    return re.findall(r'`([^`\n]+)`', re.sub(r'^```.*?^```', '', text, flags=re.S | re.M))


def main():
    root = sys.argv[1]
    known, wrong, n = identifiers(root), [], 0
    for path in sorted(walk(root)):
        if os.path.basename(path) != 'README.md':
            continue
        n += 1
        with open(path, encoding='utf-8') as f:
            text = f.read()
        for word in words(text):
            if missing(word, os.path.dirname(path), root, known):
                wrong.append(f'{os.path.relpath(path, root)}: `{word}` is not there')
    print('\n'.join(wrong) or f'{n} READMEs, all that they name is there')
    sys.exit(1 if wrong else 0)


main()
