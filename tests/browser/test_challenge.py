"""Challenges of work, as pages solve them, and what a device is recognised by."""

import hashlib
import json
import math
import statistics
import time
import unittest

from service import ORIGIN, challenged, challenges, later, mailed
from test_pages import NEW_PASSWORD, Pages, Person

# Zeros that a client over its limit has to find.
BITS_OVER_LIMIT = 18
# How much slower than this machine a telephone is taken to be.
SLOWER = 4
# Seconds. A page that takes longer is taken for broken.
PATIENCE = 15

# Hears what a status says of work, and sees each bar.
WATCH = """globalThis.come = [];
new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
        for (const node of addedNodes) {
            const first = node.textContent.split(/(?<=\\.)/)[0];
            if (target.role === "status" && first === "One moment, please.") come.push(`status: ${first}`);
            if (node.localName === "progress") come.push(`progress: ${node.getAttribute("aria-label")}`);
        }
    }
}).observe(document.getElementById("ask"), { childList: true, subtree: true })"""


def first_number(token, bits):
    for number in range(1 << 24):
        if int.from_bytes(hashlib.sha256(f"{token}{number}".encode()).digest(), "big") >> (256 - bits) == 0:
            return number
    raise AssertionError(f"no number for {token}")


class Work(Pages):
    def setUp(self):
        super().setUp()
        self.addCleanup(challenges, "auto")

    def asks_for_a_link(self, page, person):
        self.open(f"{ORIGIN}/auth/ui/{page}")
        # What comes and goes quickly is seen all the same.
        self.page.evaluate(WATCH)
        self.page.go_to("#email")
        self.page.type(person.email)
        self.page.press("Enter")

    def test_a_page_that_is_asked_for_work_does_it_and_goes_on(self):
        for page, operation, said in (
            ("forgot-password", "forgot-password", "a link to choose a new password is on its way"),
            ("reset-password", "forgot-password", "a link to choose a new password is on its way"),
            ("verify-email", "resend-verification", "its link is on its way"),
        ):
            ada = Person()
            if page == "verify-email":
                ada.signs_up()
                later(60)
            else:
                ada.signed_up()
            challenges("always")
            self.page.requests.clear()
            self.asks_for_a_link(page, ada)
            self.page.until("come.length > 1")
            self.shot(f"{page}-works")
            self.says(said)
            self.assertEqual(self.page.evaluate("come"), ["status: One moment, please.", "progress: Proving it"])
            self.assertFalse(self.visible("progress"))
            challenges("auto")
            mailed(ada.email, *(("verify-email", 2) if page == "verify-email" else ("reset-password",)))
            self.refusals.append((f"/auth/{operation}", 429))
            self.assertIn(f"{ORIGIN}/auth/ui/proof.js", self.page.requests)
        self.check()

    def test_the_page_shows_how_far_it_is(self):
        ada = Person().signed_up()
        challenges("always")
        self.page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            source="""
            globalThis.seen = [];
            const value = Object.getOwnPropertyDescriptor(HTMLProgressElement.prototype, "value");
            Object.defineProperty(HTMLProgressElement.prototype, "value", { set(now) { seen.push(now); value.set.call(this, now); } });
        """,
        )
        self.asks_for_a_link("forgot-password", ada)
        self.says("is on its way")
        seen = self.page.evaluate("seen")
        self.assertEqual((seen[0], seen), (0, sorted(seen)))
        self.assertTrue(all(0 <= value < 1 for value in seen), seen)
        self.refusals = [("/auth/forgot-password", 429)]
        self.check()

    def is_told_that_nothing_was_proven(self, worker):
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=worker)
        ada = Person().signed_up()
        challenges("always")
        self.asks_for_a_link("forgot-password", ada)
        self.says("Your browser could not prove that it means this request. Please try again, or in another browser.")
        self.assertFalse(self.visible("progress"))
        self.assertEqual(self.page.evaluate("document.querySelector('#ask button').ariaDisabled"), "false")
        self.assertEqual(self.page.refusals, [("/auth/forgot-password", 429)])

    def test_a_worker_that_cannot_start_is_told_of(self):
        self.is_told_that_nothing_was_proven(
            "globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } }"
        )

    def test_a_worker_whose_script_does_not_load_is_told_of(self):
        self.is_told_that_nothing_was_proven(
            "const Known = Worker; globalThis.Worker = class extends Known { constructor() { super('/auth/ui/nothing.js'); } }"
        )

    def test_a_worker_that_never_ends_is_told_of_when_its_token_is_good_no_more(self):
        self.is_told_that_nothing_was_proven(
            "const wait = setTimeout; globalThis.setTimeout = (what, time, ...rest) => wait(what, time / 200, ...rest);"
            "globalThis.Worker = class extends EventTarget { postMessage() {} terminate() {} }"
        )

    def test_the_worker_hashes_as_everybody_does(self):
        """The first number with enough zeros is the one that another SHA-256 finds, for tokens of every length up to two blocks."""
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        cases = [("x" * length + "ä" * (length % 3), 7) for length in range(130)] + [("a token", 16), ("", 12)]
        found = self.page.evaluate(
            """new Promise((done) => {
                const worker = new Worker("/auth/ui/proof.js"), cases = CASES, found = [];
                const next = () => worker.postMessage({ token: cases[found.length][0], bits: cases[found.length][1] });
                worker.onmessage = ({ data: { nonce } }) => {
                    if (nonce === undefined) return;
                    found.push(nonce);
                    if (found.length === cases.length) done(found);
                    else next();
                };
                next();
            })""".replace("CASES", json.dumps(cases))
        )
        self.assertEqual(found, [first_number(*case) for case in cases])
        self.check()

    def test_on_a_machine_that_is_four_times_slower_it_takes_a_moment(self):
        challenges("always")
        kind, _, bits = challenged("/auth/forgot-password", {"email": Person().email})
        self.assertEqual(kind, "pow")
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.page.call("Emulation.setCPUThrottlingRate", rate=SLOWER)
        # Chromium slows a page down and not its workers, so it is the page that does the work here.
        script = self.page.evaluate("fetch('/auth/ui/proof.js').then((answer) => answer.text())")
        self.page.evaluate(
            "globalThis.heard = []; globalThis.listeners = [];"
            "{ const postMessage = (message) => heard.push(message);"
            f"const addEventListener = (_, listener) => listeners.push(listener); {script} }}"
        )
        seconds = []
        for number in range(5):
            question = json.dumps({"data": {"token": f"token {number}".ljust(66, "x"), "bits": 16}})
            begun = time.monotonic()
            tries = self.page.evaluate(f"listeners[0]({question}), heard.at(-1).nonce + 1")
            seconds.append((time.monotonic() - begun) / tries)
        for wanted in (BITS_OVER_LIMIT, int(bits)):
            # After so many tries half of all clients have found one.
            median = statistics.median(seconds) * 2**wanted * math.log(2)
            print(f"\nbrowser: {wanted} bits take {median:.1f} s in the median, {SLOWER} times slower than here", flush=True)
        self.assertLess(median, PATIENCE)
        self.check()


class Device(Pages):
    def test_a_page_keeps_what_its_device_is_recognised_by_and_sends_it_back(self):
        ada = Person().signed_up()
        sent = []
        for password in (NEW_PASSWORD, f"{NEW_PASSWORD}, again"):
            ada.asks_for_a_link()
            self.open(mailed(ada.email, "reset-password", len(sent) + 1))
            self.page.go_to("#password")
            self.page.type(password)
            self.page.go_to("#again")
            self.page.type(password)
            self.page.press("Enter")
            self.says("Your password is set")
            sent.append((self.page.headers["/auth/reset-password"].get("X-Device-Token"), self.kept()))
            later(60)
        (first_sent, first_kept), (second_sent, second_kept) = sent
        self.assertIsNone(first_sent)
        self.assertRegex(first_kept, r"^[A-Za-z0-9_-]{22}$")
        self.assertEqual((second_sent, second_kept), (first_kept, first_kept), "it is known")
        self.assertEqual(self.page.evaluate("Object.keys(localStorage).join()"), "device-token")
        self.check()

    def kept(self):
        return self.page.evaluate("localStorage.getItem('device-token')")

    def test_where_nothing_may_be_kept_the_page_does_without(self):
        self.page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            source="""
            Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
        """,
        )
        self.open(Person().signed_up().asks_for_a_link())
        for field in ("#password", "#again"):
            self.page.go_to(field)
            self.page.type(NEW_PASSWORD)
        self.page.press("Enter")
        self.says("Your password is set")
        self.check()


if __name__ == "__main__":
    unittest.main()
