"""What people do without a browser: programs sign up and sign in, and mail arrives."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

# By name, as people's browsers have it; what runs without a browser needs no name.
ORIGIN = f"http://localhost:{os.environ['PORT']}"
API, AWS = f"http://127.0.0.1:{os.environ['PORT']}", f"http://127.0.0.1:{os.environ['AWS_PORT']}"


def post(path, body):
    """Status and answer."""
    request = urllib.request.Request(API + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def mailed(address, page, count=1):
    """The link to this page in the newest mail to this address, once so many have come."""
    inbox = f"{AWS}/inbox.json?to={urllib.parse.quote(address, safe='')}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(inbox, timeout=60) as response:
            links = [link for mail in json.load(response) for link in mail["links"] if f"/auth/ui/{page}?" in link]
        if len(links) >= count:
            return links[0]
        time.sleep(0.1)
    raise TimeoutError(f"no mail with {page} for {address}")
