"""A Chromium without a window, driven over the DevTools protocol. Its messages go through two pipes: no port is open, no client needed."""

import base64
import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

# Seconds. On a busy machine a page takes its time; whatever takes longer than this is broken.
PATIENCE = 30
FLAGS = [
    "--headless",
    # Containers and root have no sandbox; nothing is opened here but pages of ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
]
# Hands to Python what a page is not allowed to do.
WATCH = """addEventListener("securitypolicyviolation", (event) =>
    violated(`${event.violatedDirective} forbids ${event.blockedURI || event.sample}`))"""
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "Space": 32}
TEXT_OF_KEY = {"Enter": "\r", "Space": " "}
# As the protocol numbers the keys that are held beside another one.
SHIFT = 8


class Chromium:
    """The browser, until `close`."""

    def __init__(self, program):
        self.scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.log = Path(self.scratch.name, "log")
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        # Chromium wants its pipes as 3 and 4.
        start = f'exec "$@" 3<&{commands} 4>&{answers}'
        arguments = [program, *FLAGS, f"--user-data-dir={self.scratch.name}/profile", "about:blank"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", start, "chromium", *arguments],
                pass_fds=[commands, answers],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A group of its own: all of it ends with it.
                start_new_session=True,
            )
        os.close(commands)
        os.close(answers)
        self.received, self.asked, self.pages = b"", 0, {}

    def page(self, context=None):
        """A new page without cookies, history, cache or storage of others, but for those of a context, if that is given."""
        context = context or self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.pages[session] = page = Page(self, session, context)
        page.watch()
        return page

    def call(self, method, session=None, **parameters):
        """The result of a command; what happens in pages meanwhile is told to them."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.receive(deadline, method)
            if answer.get("id") == self.asked:
                break
            if page := self.pages.get(answer.get("sessionId")):
                page.hear(answer["method"], answer["params"])
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def receive(self, deadline, method):
        while b"\0" not in self.received:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            some = os.read(self.answers, 1 << 20) if ready else b""
            if not some:
                raise RuntimeError(f"Chromium does not answer {method}:\n{self.log.read_text(errors='replace')[-2000:]}")
            self.received += some
        message, _, self.received = self.received.partition(b"\0")
        return json.loads(message)

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
        self.scratch.cleanup()


class Page:
    """One tab. It remembers all that was asked for, logged and forbidden in it."""

    def __init__(self, browser, session, context):
        self.browser, self.session, self.context = browser, session, context
        self.requests, self.complaints, self.refusals = [], [], []
        # What scripts have asked for: method, and path with query.
        self.asked = []
        # Those of the last request to each path.
        self.headers = {}

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def watch(self):
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Runtime.addBinding", name="violated")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def hear(self, event, parameters):
        match event:
            case "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                self.requests.append(url)
                if parameters["type"] == "Fetch":
                    self.asked.append((parameters["request"]["method"], urlsplit(url)._replace(scheme="", netloc="").geturl()))
                self.headers[urlsplit(url).path] = parameters["request"]["headers"]
            case "Runtime.bindingCalled":
                self.complaints.append(f"policy: {parameters['payload']}")
            case "Runtime.consoleAPICalled":
                self.complaints.append(f"console: {[value.get('value') for value in parameters['args']]}")
            case "Runtime.exceptionThrown":
                self.complaints.append(f"exception: {parameters['exceptionDetails']}")
            case "Log.entryAdded":
                self.log(parameters["entry"])

    def log(self, entry):
        """Chromium logs every answer of 400 and above; a test says which ones it has caused. Its advice is not meant: it misses the user's
        name beside a new password, and there is none that the page could know."""
        if entry["source"] == "network" and "status of" in entry["text"]:
            status = int(entry["text"].partition("status of ")[2].split()[0])
            self.refusals.append((urlsplit(entry["url"]).path, status))
        elif entry["level"] != "verbose":
            self.complaints.append(f"log: {entry['text']}")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, url):
        """Opens it as a link in a mail would, and waits until it has loaded."""
        problem = self.call("Page.navigate", url=url).get("errorText")
        if problem:
            raise RuntimeError(f"{url}: {problem}")
        self.until('document.readyState === "complete" && location.href !== "about:blank"')

    def until(self, condition):
        """Waits for what must become true."""
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise AssertionError(f"never true: {condition}\n{self.text()}")
            time.sleep(0.05)

    def text(self):
        """What a person can read."""
        return self.evaluate("document.body.innerText")

    def press(self, key, held=0):
        named = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": KEYS[key], "modifiers": held}
        text = {"text": TEXT_OF_KEY[key]} if key in TEXT_OF_KEY else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **named, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def type(self, text):
        for character in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", key=character, text=character)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=character)

    def focused(self):
        """What has the focus: its id, else its tag."""
        return self.evaluate("document.activeElement.id || document.activeElement.localName")

    def go_to(self, name):
        """Presses Tab until this has the focus, and a person can see that it has."""
        for _ in range(12):
            self.press("Tab")
            if self.evaluate(f"document.activeElement.matches({json.dumps(name)})"):
                outline = self.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                if outline == "none":
                    raise AssertionError(f"{name} does not show that it has the focus")
                return
        raise AssertionError(f"no Tab leads to {name}")

    def addresses(self):
        """All that the address bar and the history hold."""
        history = self.call("Page.getNavigationHistory")["entries"]
        return [self.evaluate("location.href"), *(entry["url"] for entry in history)]

    def picture(self):
        """A PNG of all that the page shows."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def size(self, width, height=800):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)

    def close(self):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
