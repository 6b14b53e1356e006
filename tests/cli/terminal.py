"""terminal.py - a program on a terminal of its own: type, and wait for what it shows.

    shell = Terminal([weir, "--data", folder])
    shell.expect("weir> ")
    shell.type("SHOW STREAMS;\n")
    shell.expect("Stream")
    shell.end()

Only Python's standard library. What was shown is kept without the codes that move the cursor or set colours.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

PATIENCE = 60  # seconds: a ceiling for what a loaded machine may take
CODES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])|\r|\x07|\x0f")


def set_size(file, columns, rows=40):
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Terminal:
    def __init__(self, command, columns=100, environment=None):
        self.bytes = b""
        self.seen = 0
        self.process, self.file = pty.fork()
        if self.process == 0:
            set_size(0, columns)  # before the program looks: it is not to be told of another size when it has begun
            os.environ.update(environment or {})
            os.execv(command[0], command)

    def resize(self, columns):
        set_size(self.file, columns)

    def type(self, text):
        os.write(self.file, text.encode())

    def read(self, seconds):
        """Takes in what comes within that time; False at the end of the program's output."""
        if not select.select([self.file], [], [], seconds)[0]:
            return True
        try:
            more = os.read(self.file, 65536)
        except OSError:
            return False
        self.bytes += more
        return bool(more)

    def text(self):
        return CODES.sub("", self.bytes.decode(errors="replace"))

    def expect(self, wanted, seconds=PATIENCE):
        """Waits until `wanted` is shown behind what was expected before, and returns what stood in between."""
        end = time.monotonic() + seconds
        alive = True
        while True:
            text = self.text()
            at = text.find(wanted, self.seen)
            if at >= 0:
                between = text[self.seen:at]
                self.seen = at + len(wanted)
                return between
            if not alive or time.monotonic() > end:
                raise AssertionError(f"{wanted!r} was not shown; behind what was expected before:\n{text[self.seen:]}")
            alive = self.read(0.1)

    def expect_not(self, unwanted, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
        assert unwanted not in self.text()[self.seen:], f"{unwanted!r} was shown"

    def status(self, seconds=PATIENCE):
        """The exit status, once the program has ended by itself."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.05)
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                os.close(self.file)
                self.process = None
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the program did not end")

    def end(self):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            os.close(self.file)
            self.process = None
