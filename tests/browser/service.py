"""What people do without a browser: programs sign up and sign in, mail arrives, time passes, operators switch challenges."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

# By name, as people's browsers have it; what runs without a browser needs no name.
ORIGIN = f"http://localhost:{os.environ['PORT']}"
API, AWS = f"http://127.0.0.1:{os.environ['PORT']}", f"http://127.0.0.1:{os.environ['AWS_PORT']}"


def request(method, path, body, token=None):
    """Status and answer, in the name of whoever has the token."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(API + path, json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def post(path, body):
    return request("POST", path, body)


def challenged(path, body):
    """What a request is asked for that nobody has solved anything for: the words of `X-Challenge`."""
    request = urllib.request.Request(API + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            raise AssertionError(f"{path} asks for nothing: {response.status}")
    except urllib.error.HTTPError as error:
        return error.headers["X-Challenge"].split(";")


def put(path, body):
    """Tells the local AWS something."""
    request = urllib.request.Request(AWS + path, json.dumps(body).encode(), method="PUT")
    urllib.request.urlopen(request, timeout=60).close()


def later(seconds):
    """So much later, for the functions."""
    put("/clock", {"advance": seconds})


def operates(*command):
    """An operator's command, which is done rather than tried."""
    services = ("DYNAMODB", "KMS", "CLOUDWATCH_LOGS")
    environment = {**os.environ, **{f"AWS_ENDPOINT_URL_{service}": AWS for service in services}}
    admin = ["cargo", "run", "--quiet", "--config", "infra/local.toml", "--bin", "admin", "--"]
    subprocess.run([*admin, *command, "--yes"], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300)


def challenges(switch):
    """Operators have everybody asked for a challenge (`always`), or nobody in peace (`auto`), and every instance knows."""
    operates("challenge", f"--{switch}")
    later(30)


def inbox(address, suits=lambda mail: True, count=1):
    """The mails to this address that suit, newest first, once so many have come."""
    url = f"{AWS}/inbox.json?to={urllib.parse.quote(address, safe='')}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(url, timeout=60) as response:
            mails = [mail for mail in json.load(response) if suits(mail)]
        if len(mails) >= count:
            return mails
        time.sleep(0.05)
    raise TimeoutError(f"no such mail for {address}")


def mailed(address, page, count=1):
    """The link to this page in the newest mail to this address, once so many have come."""

    def links(mail):
        return [link for link in mail["links"] if f"/auth/ui/{page}?" in link]

    return links(inbox(address, links, count)[0])[0]
