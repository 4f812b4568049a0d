"""Prints so many free ports of 127.0.0.1. They lie below those that the kernel gives to connections, so none of them is taken by
chance while what is to listen there is still being built."""

import random
import socket
import sys


def is_free(port):
    with socket.socket() as candidate:
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


count = int(sys.argv[1])
free = (port for port in random.sample(range(10_000, 32_000), 1_000) if is_free(port))
print(*(next(free) for _ in range(count)))
