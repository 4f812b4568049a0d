"""Personal tokens on the account page: made, shown once, used by a program, kept or not where the password changes, and ended."""

import json

from service import later, post, request
from test_account import Owned
from test_pages import NEW_PASSWORD, PASSWORD, Person


class Tokens(Owned):
    def makes(self, name, scopes, networks=""):
        self.page.evaluate("document.getElementById('token-name').focus()")
        self.page.type(name)
        for scope in scopes:
            self.page.evaluate(f"document.getElementById('scope-{scope}').focus()")
            self.page.press("Space")
        self.page.evaluate(
            "document.getElementById('token-networks').focus(); document.getElementById('token-networks').select()"
        )
        self.page.type(networks)
        self.page.press("Enter")

    def shown(self):
        self.page.until("document.getElementById('new-token').checkVisibility()")
        return self.page.evaluate("document.getElementById('token').textContent")

    def lists(self, *names):
        """Until these tokens are listed, and no others."""
        there = "JSON.stringify([...document.querySelectorAll('#token-list li:has(button) p:first-child')].map((one) => one.textContent))"
        self.page.until(f"{there} === JSON.stringify({json.dumps(names)})")

    def test_a_token_is_made_shown_once_and_ended(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.page.until("document.getElementById('token-list').textContent.includes('no tokens')")
        self.makes("my bot", ["keys:read"])
        token = self.shown()
        self.assertRegex(token, "^bcpat_[A-Za-z0-9_-]{86}$")
        self.assertEqual(self.page.focused(), "new-token-title")
        self.lists("my bot")
        self.shot("tokens")
        self.assertEqual(request("GET", "/api/v1/api-keys/", None, token)[0], 200)
        self.assertEqual(request("GET", "/auth/sessions", None, token)[0], 401)
        self.presses("#kept-token")
        self.page.until("!document.getElementById('new-token').checkVisibility()")
        self.assertNotIn(token, self.page.evaluate("document.documentElement.outerHTML"))
        self.assertEqual(self.page.focused(), "tokens-title")
        self.presses("#token-list button")
        self.says_in("tokens", "tokens.ended")
        self.lists()
        self.assertEqual(request("GET", "/api/v1/api-keys/", None, token)[0], 401)
        self.keeps_nothing()
        self.check()

    def test_what_is_missing_is_said_where_it_is(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.makes("", [])
        self.says_in("make-token", "security.noName")
        self.assertEqual(self.page.focused(), "token-name")
        self.makes("my bot", [])
        self.says_in("make-token", "tokens.noScope")
        self.makes("", ["keys:decrypt"])
        self.says_in("make-token", "tokens.needsNetworks")
        self.assertEqual(self.page.focused(), "token-networks")
        self.makes("", [], "everywhere")
        self.says_in("make-token", "tokens.badNetworks")
        self.assertEqual(self.page.focused(), "token-networks")
        self.makes("", [], "127.0.0.1, 203.0.113.0/24")
        self.shown()
        self.assertIn("203.0.113.0/24", self.said_in("#token-list li"))
        self.refusals = [("/oauth/tokens", 422)]
        self.check()

    def test_who_signed_in_long_ago_confirms_first(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        later(6 * 60)
        self.makes("my bot", ["profile"])
        self.page.until("document.getElementById('step-up').open")
        self.page.evaluate("document.getElementById('confirm-password').focus()")
        self.page.type(PASSWORD)
        self.page.press("Enter")
        self.shown()
        self.lists("my bot")
        self.refusals = [("/oauth/tokens", 403)]
        self.check()

    def test_a_new_password_ends_tokens_or_keeps_them(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.assertFalse(self.visible("#keep-tokens"), "there is nothing to keep")
        self.makes("my bot", ["keys:read"])
        token = self.shown()
        self.assertIn("my bot", self.said_in("#kept-tokens"))
        for keeps, status, (old, new) in [(True, 200, (PASSWORD, NEW_PASSWORD)), (False, 401, (NEW_PASSWORD, PASSWORD))]:
            if keeps:
                self.page.evaluate("document.getElementById('keep-tokens').focus()")
                self.page.press("Space")
            self.fills_in("change-password", {"old-password": old, "new-password": new})
            self.says_in("change-password", "passwordChanged")
            self.assertEqual(request("GET", "/api/v1/api-keys/", None, token)[0], status)
        self.lists()
        self.assertEqual(post("/auth/login", {"email": ada.email, "password": PASSWORD})[0], 200)
        self.check()
