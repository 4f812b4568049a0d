"""The pages as people meet them: in a Chromium, by the keyboard alone."""

import os
import secrets
import unittest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from chromium import Chromium
from service import ORIGIN, mailed, post

SIGN_IN = os.environ["SIGN_IN_URL"]
# Those behind a mailed link, and of these the ones that bring a new link.
LINK_PAGES = ("verify-email", "confirm-email", "not-me", "keep-account", "reset-password")
ASKING_PAGES = ("verify-email", "reset-password")
PAGES = (*LINK_PAGES, "forgot-password")
PASSWORD, NEW_PASSWORD = "correct horse battery", "a horse of another colour"


class Person:
    """Somebody with an address."""

    def __init__(self):
        self.email = f"{secrets.token_hex(8)}@example.com"

    def signs_up(self, password=PASSWORD):
        status, _ = post("/auth/signup", {"email": self.email, "password": password})
        assert status == 200, status

    def signed_up(self):
        self.signs_up()
        token = parse_qs(urlsplit(mailed(self.email, "verify-email")).query)["token"][0]
        assert post("/auth/verify-email", {"token": token})[0] == 200
        return self

    def asks_for_a_link(self):
        assert post("/auth/forgot-password", {"email": self.email})[0] == 200
        return mailed(self.email, "reset-password")

    def signs_in(self, password=PASSWORD):
        return post("/auth/login", {"email": self.email, "password": password})[0]


class Pages(unittest.TestCase):
    """Every page ends without a complaint of the browser: `refusals` are the answers above 400 that a test has caused."""

    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(os.environ["CHROMIUM"])
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.page = self.browser.page()
        self.addCleanup(self.page.close)
        self.refusals = []

    def check(self):
        """What must hold whatever was done."""
        self.assertTrue(self.page.requests)
        for url in self.page.requests:
            self.assertTrue(url.startswith(f"{ORIGIN}/"), url)
        self.assertEqual(self.page.complaints, [])
        self.assertEqual(self.page.refusals, self.refusals)

    def shot(self, name):
        """A picture for who wants to look: SHOTS names a folder."""
        if folder := os.environ.get("SHOTS"):
            Path(folder, f"{name}.png").write_bytes(self.page.picture())

    def open(self, link):
        self.page.open(link)
        self.page.until('!document.getElementById("app").hidden')

    def says(self, text):
        self.page.until(f"document.body.innerText.includes({text!r})")

    def said_in(self, note):
        return self.page.evaluate(f"document.querySelector({note!r}).textContent")

    def visible(self, selector):
        return self.page.evaluate(f"document.querySelector({selector!r})?.checkVisibility() === true")

    def leads_onward(self):
        self.assertTrue(self.visible("#onward"))
        self.assertEqual(self.page.evaluate("document.getElementById('onward').href"), SIGN_IN)
        self.page.go_to("#onward")


class Verify(Pages):
    def test_the_button_proves_the_address_and_the_token_is_gone_before(self):
        ada = Person()
        ada.signs_up()
        link = mailed(ada.email, "verify-email")
        self.assertTrue(link.startswith(f"{ORIGIN}/auth/ui/"), link)
        self.open(link)
        self.assertEqual(ada.signs_in(), 401, "opening the page proves nothing")
        token = parse_qs(urlsplit(link).query)["token"][0]
        for address in self.page.addresses():
            self.assertNotIn(token, address)
        self.assertNotIn("token", self.page.addresses()[0])
        self.shot("verify-email")
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Your address is verified")
        self.assertEqual(self.page.focused(), "h1")
        self.assertFalse(self.visible("#redeem") or self.visible("#ask"))
        self.shot("verify-email-done")
        self.leads_onward()
        self.assertEqual(ada.signs_in(), 200)
        self.check()

    def test_a_link_that_does_not_work_is_asked_for_anew(self):
        ada = Person()
        ada.signs_up()
        self.open(f"{ORIGIN}/auth/ui/verify-email?token=nothing")
        self.page.go_to("#redeem button")
        self.page.press("Space")
        self.says("This link does not work")
        self.assertEqual(self.page.focused(), "h1")
        self.page.go_to("#email")
        self.page.type(ada.email)
        self.page.press("Enter")
        self.says("its link is on its way")
        mailed(ada.email, "verify-email", 2)
        self.refusals = [("/auth/verify-email", 400)]
        self.check()


class Reset(Pages):
    def fills_in(self, password, again=None):
        """From wherever the focus is, in the order in which Tab leads on; it selects what stands in a field."""
        for field, text in (("#password", password), ("#again", again or password)):
            self.page.go_to(field)
            self.page.type(text)
        self.page.press("Enter")

    def test_a_weak_password_is_told_why_and_the_link_stays_good(self):
        ada = Person().signed_up()
        link = ada.asks_for_a_link()
        self.open(link)
        token = parse_qs(urlsplit(link).query)["token"][0]
        for address in self.page.addresses():
            self.assertNotIn(token, address)
        self.shot("reset-password")
        self.fills_in("password123")
        self.says("Please choose another one.")
        reason = "This password is one of the most common ones, or one with digits and signs behind it."
        self.assertEqual(self.said_in("#redeem-note"), f"{reason} Please choose another one.")
        self.assertEqual(self.page.focused(), "password")
        self.assertEqual(self.page.evaluate("document.getElementById('password').getAttribute('aria-invalid')"), "true")
        self.assertTrue(self.visible("#redeem") and not self.visible("#ask"))
        self.shot("reset-password-weak")
        self.fills_in(NEW_PASSWORD)
        self.says("Your password is set")
        self.assertEqual(self.page.focused(), "h1")
        self.assertFalse(self.visible("#redeem") or self.visible("#ask"))
        self.shot("reset-password-done")
        self.leads_onward()
        self.assertEqual((ada.signs_in(), ada.signs_in(NEW_PASSWORD)), (401, 200))
        self.refusals = [("/auth/reset-password", 422)]
        self.check()

    def test_what_does_not_fit_is_said_without_a_request(self):
        self.open(Person().signed_up().asks_for_a_link())
        asked = len(self.page.requests)
        self.fills_in("short")
        self.says("Please use at least 8 characters.")
        self.assertEqual(self.page.focused(), "password")
        self.fills_in(NEW_PASSWORD, PASSWORD)
        self.says("The two passwords are not the same.")
        self.assertEqual(self.page.focused(), "again")
        self.assertEqual(len(self.page.requests), asked)
        self.check()

    def test_what_is_typed_can_be_shown(self):
        self.open(Person().signed_up().asks_for_a_link())
        kind = "[password, again].map((input) => input.type).join()"
        kind = kind.replace("password, again", "document.getElementById('password'), document.getElementById('again')")
        self.assertEqual(self.page.evaluate(kind), "password,password")
        self.page.go_to("#reveal")
        self.page.press("Space")
        self.assertEqual(self.page.evaluate(kind), "text,text")
        self.check()

    def test_a_link_that_was_used_is_asked_for_anew_with_a_password_and_without(self):
        with_password, without = Person().signed_up(), Person()
        without.signs_up()
        without.signs_up("another password")
        token = parse_qs(urlsplit(mailed(without.email, "verify-email", 2)).query)["token"][0]
        self.assertEqual(post("/auth/verify-email", {"token": token})[0], 200)
        mailed(without.email, "reset-password")
        for person, mails in ((with_password, 1), (without, 2)):
            self.open(f"{ORIGIN}/auth/ui/reset-password?token=nothing")
            self.fills_in(NEW_PASSWORD)
            self.says("This link does not work")
            self.assertEqual(self.page.focused(), "h1")
            self.assertTrue(self.visible("#ask") and not self.visible("#redeem"))
            self.shot("reset-password-used")
            self.page.go_to("#email")
            self.page.type(person.email)
            self.page.press("Enter")
            self.says("is on its way")
            self.open(mailed(person.email, "reset-password", mails))
            self.fills_in(NEW_PASSWORD)
            self.says("Your password is set")
            self.assertEqual(person.signs_in(NEW_PASSWORD), 200)
        self.refusals = [("/auth/reset-password", 400)] * 2
        self.check()


class Forgot(Pages):
    def asks_for(self, address):
        self.page.go_to("#email")
        self.page.type(address)
        self.page.press("Enter")

    def test_it_mails_a_link_to_who_has_an_account_and_says_the_same_to_all(self):
        ada, said = Person().signed_up(), []
        for address in (ada.email, Person().email):
            self.open(f"{ORIGIN}/auth/ui/forgot-password")
            self.asks_for(address)
            self.says("Send again in")
            said.append(self.said_in("#ask-note"))
            self.assertEqual(self.page.evaluate("document.querySelector('button').getAttribute('aria-disabled')"), "true")
        self.assertEqual(set(said), {"If this address has an account, a link to choose a new password is on its way"})
        self.shot("forgot-password-done")
        self.open(mailed(ada.email, "reset-password"))
        self.check()

    def test_whoever_asks_too_often_is_told_how_long_to_wait(self):
        ada = Person().signed_up()
        ada.asks_for_a_link()
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.asks_for(ada.email)
        self.says("Send again in")
        self.assertEqual(self.said_in("#ask-note"), "Please wait before asking for another link")
        self.refusals = [("/auth/forgot-password", 429)]
        self.check()

    def test_an_address_that_is_none_is_not_sent_away(self):
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.shot("forgot-password")
        self.page.go_to("button")
        self.page.press("Enter")
        self.says("Please enter your e-mail address.")
        self.assertEqual(self.page.focused(), "email")
        self.asks_for("nowhere")
        self.says("This is not a valid e-mail address.")
        self.assertEqual(self.page.focused(), "email")
        self.refusals = [("/auth/forgot-password", 422)]
        self.check()


class Every(Pages):
    def test_a_phone_never_scrolls_sideways(self):
        self.page.size(360)
        for name in PAGES:
            for query in ("", "?token=nothing"):
                with self.subTest(page=name + query):
                    self.open(f"{ORIGIN}/auth/ui/{name}{query}")
                    self.fits()
                    self.shot(f"{name}{'-linked' if query else ''}-narrow")
                    # The longest that a page can show: all of it at once, with words that do not break.
                    self.page.evaluate(
                        "document.querySelectorAll('[hidden]').forEach((element) => { element.hidden = false; });"
                        "document.querySelectorAll('.note').forEach((note) => { note.textContent = 'W'.repeat(200); })"
                    )
                    self.fits()
        self.check()

    def fits(self):
        width = "document.documentElement.scrollWidth"
        self.assertEqual(self.page.evaluate(f"[{width}, innerWidth]"), [360, 360])

    def test_a_page_without_its_link_says_so(self):
        for name in LINK_PAGES:
            self.open(f"{ORIGIN}/auth/ui/{name}")
            self.says("This page was opened without its link.")
            self.assertEqual((self.visible("#ask"), self.visible("#redeem")), (name in ASKING_PAGES, False))
        self.check()

    def test_without_scripts_a_page_says_that_it_needs_them(self):
        self.page.call("Emulation.setScriptExecutionDisabled", value=True)
        for name in PAGES:
            self.page.open(f"{ORIGIN}/auth/ui/{name}")
            self.assertIn("This page needs JavaScript.", self.page.text())
            self.assertFalse(self.visible("#app"))
        self.check()

    def test_every_part_has_a_name_for_who_does_not_see_it(self):
        for name in (*PAGES, "account"):
            self.open(f"{ORIGIN}/auth/ui/{name}?token=nothing")
            for node in self.page.call("Accessibility.getFullAXTree")["nodes"]:
                role = node.get("role", {}).get("value")
                if role in ("textbox", "checkbox", "button", "heading", "link") and not node["ignored"]:
                    self.assertTrue(node["name"]["value"], f"a {role} of {name} has no name")
        self.check()

    def test_the_policy_stops_what_is_not_ours_and_this_browser_tells(self):
        for attempt, directive in (
            ("document.body.append(Object.assign(document.createElement('script'), { text: 'alert(1)' }))", "script-src"),
            ("new Image().src = 'https://example.com/pixel'", "img-src"),
            ("fetch('https://example.com/').catch(() => {})", "connect-src"),
            ("document.body.setAttribute('style', 'color: red')", "style-src"),
        ):
            self.page.complaints.clear()
            self.open(f"{ORIGIN}/auth/ui/forgot-password")
            self.page.evaluate(f"void ({attempt})")
            self.page.until("new Promise((done) => setTimeout(() => done(true), 100))")
            self.assertTrue(any(f"policy: {directive}" in line for line in self.page.complaints), self.page.complaints)


if __name__ == "__main__":
    unittest.main()
