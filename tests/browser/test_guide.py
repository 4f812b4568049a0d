"""The guide for authors of front ends: its pieces of JavaScript, as they stand there, in a real browser against the functions."""

import json
import os
import re
import unittest
import urllib.request
from pathlib import Path

from chromium import Chromium
from service import AWS, ORIGIN, challenges, later
from test_pages import PASSWORD, Person

GUIDE = Path(__file__).parents[2] / "functions/auth/README.md"
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def program():
    """All pieces, one behind the other, for the functions of this test."""
    pieces = re.findall(r"^```js\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    text = "\n".join(pieces)
    assert len(pieces) == 6 and text.count("https://api.example.com") == 1, len(pieces)
    # What `ask` is answered with is the test's to say.
    return text.replace("https://api.example.com", ORIGIN) + "\nvar told = {};\nvar ask = async (what) => told[what];"


def shown(secret):
    """What an authenticator app shows for it."""
    with urllib.request.urlopen(f"{AWS}/totp.json?secret={secret}", timeout=60) as response:
        return json.load(response)["code"]


class Guide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(os.environ["CHROMIUM"])
        cls.addClassCleanup(cls.browser.close)

    def tab(self, beside=None):
        """A page of this origin that has the program, and none of ours; beside another one in the same browser, if that is given."""
        page = self.browser.page(beside and beside.context)
        page.open(f"{ORIGIN}/.well-known/jwks.json")
        page.evaluate(program())
        return page

    def signs_in(self, page, email):
        return page.evaluate(f"signIn({json.dumps(email)}, {json.dumps(PASSWORD)}).then(() => session.access_token)")

    def status(self, page, method, path):
        return page.evaluate(f"call({json.dumps(method)}, {json.dumps(path)}).then(({{ status }}) => status)")

    def enrols(self, page):
        page.evaluate(f"told.password = {json.dumps(PASSWORD)}")
        status, enrolment = page.evaluate("call('POST', '/auth/mfa/totp').then(({ status, answer }) => [status, answer.data])")
        self.assertEqual(status, 200)
        first = json.dumps({"enrolment": enrolment["enrolment"], "totp": shown(enrolment["secret"])})
        added = page.evaluate(f"call('POST', '/auth/mfa/totp/activate', {first}).then(({{ answer }}) => answer.data)")
        self.assertEqual(len(added["recovery_codes"]), 10)
        page.evaluate(f"session.access_token = {json.dumps(added['access_token'])}; 0")
        return enrolment["secret"]

    def test_a_device_is_known_again_and_a_session_goes_on_in_two_tabs(self):
        page = self.tab()
        email = Person().signed_up().email
        first = self.signs_in(page, email)
        device = page.evaluate("localStorage.getItem('device')")
        self.assertRegex(device, r"^[\w-]{22}$")
        before = page.evaluate("localStorage.getItem('refresh')")
        # Both tabs refresh at once: one after the other, each with the token that the other one has left.
        there = self.tab(beside=page)
        for tab in (page, there):
            tab.evaluate("var done = refresh(); 0")
        again = [tab.evaluate("done.then(() => session.access_token)") for tab in (page, there)]
        self.assertNotIn(first, again)
        self.assertNotEqual(page.evaluate("localStorage.getItem('refresh')"), before)
        self.assertEqual([self.status(tab, "GET", "/auth/profile") for tab in (page, there)], [200, 200])
        # One tab goes on alone for a while, and the other one does not end the session by what it remembers.
        for tab in (page, page, there):
            later(60)
            tab.evaluate("refresh()")
        self.assertEqual(self.status(there, "GET", "/auth/profile"), 200)
        # An access token that is about to end is replaced before it is used.
        later(900)
        page.evaluate("session.expires_at = Date.now() / 1000; 0")
        self.assertEqual(self.status(page, "GET", "/auth/profile"), 200)
        self.signs_in(page, email)
        self.assertEqual(page.headers["/auth/login"].get("x-device-token"), device)

    def test_a_challenge_is_solved(self):
        page = self.tab()
        email = Person().signed_up().email
        challenges("always")
        self.addCleanup(challenges, "auto")
        self.signs_in(page, email)
        self.assertRegex(page.headers["/auth/login"]["x-challenge-answer"], r"^[\w-]+\.\d+$")
        self.assertIn(("/auth/login", 429), page.refusals)

    def test_codes_are_asked_for_behind_the_password_and_again_where_it_matters(self):
        page = self.tab()
        email = Person().signed_up().email
        self.signs_in(page, email)
        # Nobody who has factors yet: the password is proof enough.
        later(301)
        secret = self.enrols(page)
        self.assertEqual(page.refusals, [("/auth/mfa/totp", 403)])
        later(30)
        page.evaluate(f"told.code = {json.dumps(shown(secret))}")
        self.signs_in(page, email)
        self.assertIn(("/auth/login", 401), page.refusals)
        later(301)
        page.evaluate(f"told.code = {json.dumps(shown(secret))}")
        page.evaluate("var before = session.access_token")
        self.assertEqual(self.status(page, "POST", "/auth/mfa/recovery-codes"), 200)
        self.assertEqual(page.refusals[-1], ("/auth/mfa/recovery-codes", 403))
        codes, step_up = ("POST", "/auth/mfa/recovery-codes"), ("POST", "/auth/mfa/step-up")
        self.assertEqual(page.asked[-3:], [codes, step_up, codes])
        self.assertTrue(page.evaluate("session.access_token !== before"), "the new token says when it was that they confirmed")

    def test_a_passkey_is_made_and_used_behind_the_password_and_alone(self):
        page = self.tab()
        page.call("WebAuthn.enable")
        page.call("WebAuthn.addVirtualAuthenticator", options=PHONE)
        email = Person().signed_up().email
        self.signs_in(page, email)
        self.assertEqual(len(page.evaluate("addPasskey('Laptop')")), 10)
        self.assertEqual(self.status(page, "GET", "/auth/mfa"), 200)
        self.signs_in(page, email)
        self.assertIn(("/auth/login", 401), page.refusals)
        alone = page.evaluate("signInByPasskey().then(() => session.access_token)")
        self.assertEqual(alone.count("."), 2)
        self.assertEqual(self.status(page, "GET", "/auth/profile"), 200)


if __name__ == "__main__":
    unittest.main()
