"""meter.py - what a process costs, from /proc: processor time, memory, threads, and the bytes that its sockets received.

    with Meter(command) as meter:
        cost = meter.run_until_quiet()      # a backlog: started, busy, quiet again
        print(meter.resident_mb(), meter.share_of_core(20))

The process gets SIGTERM at the end of the block. Bytes received are asked of the kernel for each socket (sock_diag, tcp_info), since
/proc/PID/io does not count what recvmsg takes; they count as long as the connections are open.
"""
import collections
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time

SAMPLE_S = 0.05
SPAN_S = 0.5      # busy is who used a tenth of this span
QUIET_S = 2.5
BUSY_SHARE = 0.1
PATIENCE_S = 600

TICK = os.sysconf('SC_CLK_TCK')

Cost = collections.namedtuple('Cost', 'processor_s wall_s peak_mb')


class Meter:
    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.log = tempfile.TemporaryFile('w+')
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.stop()
        self.log.close()

    def stop(self):
        """Ends it as a user would; returns how long that took."""
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - start

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def _status(self, name):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as f:
            return next(int(line.split()[1]) for line in f if line.startswith(name + ':'))

    def processor_s(self):
        with open(f'/proc/{self.process.pid}/stat', encoding='ascii') as f:
            fields = f.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident_mb(self):
        return self._status('VmRSS') / 1024

    def peak_mb(self):
        return self._status('VmHWM') / 1024

    def threads(self):
        return self._status('Threads')

    def share_of_core(self, seconds):
        before = self.processor_s()
        time.sleep(seconds)
        return (self.processor_s() - before) / seconds

    def received_mb(self):
        return received(self.process.pid) / 1e6

    def run_until_quiet(self):
        """From the start on, until it has been busy and then has done nothing for a while."""
        samples, last_busy = collections.deque(), None
        while time.monotonic() - self.started < PATIENCE_S:
            if self.process.poll() is not None:
                raise SystemExit(f'{self.command[0]} ended by itself:\n{self.said()}')
            now, used = time.monotonic(), self.processor_s()
            samples.append((now, used))
            while now - samples[0][0] > SPAN_S:
                samples.popleft()
            if used - samples[0][1] > BUSY_SHARE * SPAN_S:
                last_busy = Cost(used, now - self.started, self.peak_mb())
            elif last_busy and now - self.started - last_busy.wall_s > QUIET_S:
                return last_busy
            time.sleep(SAMPLE_S)
        raise SystemExit(f'{self.command[0]} was not done after {PATIENCE_S} s:\n{self.said()}')


# ---- bytes received: linux/sock_diag.h, linux/inet_diag.h, linux/tcp.h

SOCK_DIAG_BY_FAMILY, INET_DIAG_INFO, NLMSG_DONE, NLM_F_DUMP = 20, 2, 3, 0x301
HEADER, REQUEST_SIZE, ANSWER_SIZE, INODE_AT, BYTES_RECEIVED_AT = 16, 56, 72, 68, 128


def sockets_of(pid):
    inodes = set()
    for fd in os.listdir(f'/proc/{pid}/fd'):
        try:
            target = os.readlink(f'/proc/{pid}/fd/{fd}')
        except OSError:
            continue
        if target.startswith('socket:['):
            inodes.add(int(target[8:-1]))
    return inodes


def tcp_infos(family):
    """(inode, tcp_info) of each TCP connection."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as netlink:  # NETLINK_SOCK_DIAG
        request = struct.pack('=BBBxI48x', family, socket.IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1), 0xffffffff)
        netlink.send(struct.pack('=IHHII', HEADER + REQUEST_SIZE, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, 1, 0) + request)
        while True:
            data = netlink.recv(1 << 20)
            while data:
                length, kind = struct.unpack_from('=IH', data)
                if kind != SOCK_DIAG_BY_FAMILY:
                    return
                yield from infos_in(data[HEADER:length])
                data = data[(length + 3) & ~3:]


def infos_in(message):
    inode, = struct.unpack_from('=I', message, INODE_AT)
    at = ANSWER_SIZE
    while at + 4 <= len(message):
        length, kind = struct.unpack_from('=HH', message, at)
        if kind == INET_DIAG_INFO:
            yield inode, message[at + 4:at + length]
        at += (length + 3) & ~3


def received(pid):
    inodes, total = sockets_of(pid), 0
    for family in (socket.AF_INET, socket.AF_INET6):
        for inode, info in tcp_infos(family):
            if inode in inodes:
                total += struct.unpack_from('=Q', info, BYTES_RECEIVED_AT)[0]
    return total
