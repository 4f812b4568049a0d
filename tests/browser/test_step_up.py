"""The dialogue that asks anew who is there, over requests of the account page that nobody makes by a session alone."""

import unittest

from service import later, operates, request
from test_account import PAGE
from test_languages import FLAWS, LANGUAGES, NARROW
from test_security import FRESH, Factors

STATE = ("GET", "/auth/mfa")
EXPORT = ("GET", "/auth/export")
IN_SHORT = "{ dateStyle: 'medium', timeStyle: 'short' }"


class StepUp(Factors):
    def at_sign_in(self):
        self.open(PAGE)

    def no_longer_fresh(self):
        """Everything that the page shows has come."""
        self.page.until(
            "['sessions', 'events', 'apps', 'passkeys'].every((id) => document.getElementById(id).childElementCount > 0)"
        )
        self.page.until("document.querySelector('[aria-disabled=true]') === null")
        later(FRESH + 1)

    def test_a_reset_of_factors_is_shown_until_one_of_them_is(self):
        self.page.size(NARROW)
        self.opens()
        app, _ = self.enrols_app()
        operates("mfa-reset", "--user", self.session()["sub"], "--reason", "lost_phone")
        at = self.reset_at()
        for language in LANGUAGES:
            with self.subTest(language=language):
                self.presses(f"#languages a[lang={language}]")
                self.page.until(f"document.documentElement.lang === '{language}' && document.querySelector('#apps li') !== null")
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
        self.refused((EXPORT[1], 403))
        self.check()

    def reset_at(self):
        """When the factors will be removed, as the API has it."""
        status, answer = request("GET", STATE[1], None, self.token())
        self.assertEqual(status, 200)
        return answer["data"]["reset_at"]


if __name__ == "__main__":
    unittest.main()
