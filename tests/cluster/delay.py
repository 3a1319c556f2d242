#!/usr/bin/env python3
"""A network cable between two network namespaces: delay.py DELAY_MS NAMESPACE ADDRESS NAMESPACE ADDRESS.

Each namespace gets a TUN device, tun0, with the address given; what one sends, the other receives after the delay. It stands in for
tc's netem, which many kernels lack. A file named in CUT cuts the cable when it appears.
"""
import ctypes
import fcntl
import os
import struct
import subprocess
import sys
import threading
import time
from collections import deque

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
MTU = 60_000


def device(namespace, address):
    """The TUN device of a namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}") as place:
        if libc.setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
    for command in (["addr", "add", f"{address}/24", "dev", "tun0"], ["link", "set", "tun0", "mtu", str(MTU), "up"], ["link", "set", "lo", "up"]):
        subprocess.run(["ip", *command], check=True)
    return tun


def carry(source, target, delay):
    """Carries packets one way: one thread reads and notes when each is due, another sends it then."""
    packets, arrived = deque(), threading.Semaphore(0)

    def read():
        while True:
            packet = os.read(source, MTU + 100)
            packets.append((time.monotonic() + delay, packet))
            arrived.release()

    def write():
        while True:
            arrived.acquire()
            due, packet = packets.popleft()
            left = due - time.monotonic()
            if left > 0:
                time.sleep(left)
            if not (CUT and os.path.exists(CUT)):
                os.write(target, packet)

    for work in (read, write):
        threading.Thread(target=work, daemon=True).start()


CUT = os.environ.get("CUT")
milliseconds, first, first_address, second, second_address = sys.argv[1:]
one, other = device(first, first_address), device(second, second_address)
carry(one, other, float(milliseconds) / 1000)
carry(other, one, float(milliseconds) / 1000)
print("ready", flush=True)
threading.Event().wait()
