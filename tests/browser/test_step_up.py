"""The dialogue that asks anew who is there, over requests of the account page that nobody makes by a session alone."""

import unittest

from authenticator import Authenticator
from service import inbox, later, operates, request
from test_account import PAGE
from test_languages import FLAWS, LANGUAGES, NARROW
from test_pages import PASSWORD, Person
from test_security import FRESH, Factors

STATE, OPTIONS, STEP_UP = ("GET", "/auth/mfa"), ("POST", "/auth/mfa/step-up/options"), ("POST", "/auth/mfa/step-up")
EXPORT = ("GET", "/auth/export")
IN_SHORT = "{ dateStyle: 'medium', timeStyle: 'short' }"
IS_OPEN = "document.getElementById('step-up').open"


class StepUp(Factors):
    def at_sign_in(self):
        self.open(PAGE)

    def no_longer_fresh(self):
        """Everything that the page shows has come, and what is asked for from now on is told apart from it."""
        self.page.until(
            "['sessions', 'events', 'apps', 'passkeys', 'token-list']"
            ".every((id) => document.getElementById(id).childElementCount > 0)"
        )
        self.is_done()
        later(FRESH + 1)
        self.page.asked.clear()

    def asked(self, *requests):
        """Exactly these, since that was asked last, whatever is read on."""
        self.assertEqual([(method, path) for method, path in self.page.asked if "?cursor=" not in path], list(requests))
        self.page.asked.clear()

    def leaves(self, form, focused):
        """Nothing is done, which the form says, and the focus is where it was before."""
        self.told(form, "notConfirmed")
        self.assertFalse(self.page.evaluate(IS_OPEN))
        self.assertTrue(self.page.evaluate(f"document.activeElement.matches('{focused}')"))

    def shows_a_wrong_one(self, code):
        self.confirms(code)
        self.told("#confirm", "wrongFactor")
        self.assertEqual((self.page.evaluate(IS_OPEN), self.page.focused()), (True, "confirm-code"))
        self.page.evaluate("document.activeElement.select()")

    def test_an_address_is_changed_once_a_code_is_shown(self):
        self.opens()
        app, _ = self.enrols_app()
        new, change = Person().email, ("POST", "/auth/change-email")
        self.no_longer_fresh()
        self.fills_in("change-email", {"new-email": new, "email-password": PASSWORD})
        self.is_asked_to_confirm()
        self.page.press("Escape")
        self.leaves("#change-email", "#email-password")
        self.asked(change, STATE)
        typed = "[document.getElementById('new-email').value, document.getElementById('email-password').value]"
        self.assertEqual(self.page.evaluate(typed), [new, PASSWORD])

        self.page.press("Enter")
        self.shows_a_wrong_one(app.wrong())
        self.asked(change, STATE, STEP_UP)
        self.shows(app.code())
        self.says_in("change-email", "confirmSent")
        self.asked(STEP_UP, STATE, change)
        self.assertEqual(len(inbox(new)), 1, "what was left has sent no letter")
        self.refused((change[1], 403), (change[1], 403), (STEP_UP[1], 403))
        self.check()

    def test_what_is_known_is_exported_once_a_passkey_is_shown(self):
        authenticator = Authenticator(self.page)
        self.opens()
        self.adds_passkey("Laptop")
        self.told("#security", "added")
        self.no_longer_fresh()
        self.presses("#export button")
        self.is_asked_to_confirm()
        self.presses("#confirm-back")
        self.leaves("#export", "#export button")
        self.assertFalse(self.visible("#exported"))
        self.asked(EXPORT, STATE)

        authenticator.verifies_its_user(False)
        self.page.press("Enter")
        self.is_asked_to_confirm()
        self.presses("#confirm-passkey")
        self.told("#confirm", "noPasskey")
        self.assertTrue(self.page.evaluate(IS_OPEN))
        self.asked(EXPORT, STATE, OPTIONS)
        authenticator.verifies_its_user(True)
        self.page.press("Enter")
        self.says_in("export", "exportReady")
        others = [("GET", f"{part}/export") for part in ("/api/v1/api-keys", "/api/kyc", "/oauth")]
        self.asked(OPTIONS, STEP_UP, STATE, EXPORT, *others)
        self.assertEqual(self.page.focused(), "exported")
        self.assertTrue(self.token(EXPORT[1]) != self.token(), "the new token says when it was that they confirmed")
        self.refused((EXPORT[1], 403), (EXPORT[1], 403))
        self.check()

    def test_an_account_is_deleted_once_a_recovery_code_is_shown(self):
        self.opens()
        app, codes = self.enrols_app()
        delete = ("POST", "/auth/delete-account")
        self.no_longer_fresh()
        self.page.evaluate("document.getElementById('delete-sure').click()")
        self.fills_in("delete", {"delete-password": PASSWORD})
        self.is_asked_to_confirm()
        self.page.press("Escape")
        self.leaves("#delete", "#delete-password")
        self.asked(delete, STATE)
        self.assertTrue(self.page.evaluate("document.getElementById('delete-sure').checked"))
        status, mine = request("GET", "/auth/sessions", None, self.token())
        self.assertEqual((status, len(mine["sessions"])), (200, 1), "the account is there, and so is the session")

        self.page.press("Enter")
        self.shows_a_wrong_one("0000-0000-0000-0000")
        self.asked(delete, STATE, STEP_UP)
        self.shows(codes[0])
        self.says("Your account will be deleted at")
        self.asked(STEP_UP, STATE, delete)
        self.assertTrue(self.visible("#sign-in") and not self.visible("#account"))
        self.assertEqual(request("GET", "/auth/sessions", None, self.token())[0], 401)
        self.refused((delete[1], 403), (delete[1], 403), (STEP_UP[1], 403))
        self.check()

    def test_a_reset_of_factors_is_shown_until_one_of_them_is(self):
        self.page.size(NARROW)
        self.opens()
        app, _ = self.enrols_app()
        at = self.reset_is_asked_for()
        for language in LANGUAGES:
            with self.subTest(language=language):
                self.speaks(language)
                self.page.until("document.getElementById('reset-at').checkVisibility()")
                moment = self.page.evaluate(f"new Date('{at}').toLocaleString('{language}', {IN_SHORT})")
                self.assertEqual(self.said_in("#reset-at"), self.said("resetsAt").replace("{time}", moment))
                self.assertEqual(self.page.evaluate(FLAWS), [])
                self.shot(f"security-reset-{language}")
        self.no_longer_fresh()
        self.presses("#export button")
        self.confirms(app.code())
        self.says_in("export", "exportReady")
        self.assertFalse(self.visible("#reset-at"))
        self.assertIsNone(self.reset_at())

        self.reset_is_asked_for()
        self.speaks("en")
        self.page.until("document.getElementById('reset-at').checkVisibility()")
        self.signs_out()
        self.assertTrue(self.page.evaluate("document.getElementById('reset-at').hidden"), "whoever comes next sees nothing of it")
        self.is_asked()
        self.shows(app.code())
        self.enters()
        self.assertFalse(self.visible("#reset-at"))
        self.assertIsNone(self.reset_at())
        self.refused((EXPORT[1], 403), ("/auth/login", 401))
        self.check()

    def reset_is_asked_for(self):
        """By an operator. When the factors will be removed."""
        operates("mfa-reset", "--user", self.session()["sub"], "--reason", "lost_phone")
        return self.reset_at()

    def reset_at(self):
        """When the factors will be removed, as the API has it."""
        status, answer = request("GET", STATE[1], None, self.token())
        self.assertEqual(status, 200)
        return answer["data"]["reset_at"]


if __name__ == "__main__":
    unittest.main()
