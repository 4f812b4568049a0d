"""The pages where Turnstile tells people from programs: its widget, played by the local AWS, and work while it is down."""

import unittest

from service import AWS, ORIGIN, challenges, mailed, put
from test_pages import Pages, Person

PATH = "/auth/forgot-password"


class Turnstile(Pages):
    def setUp(self):
        super().setUp()
        self.addCleanup(challenges, "auto")
        self.addCleanup(put, "/turnstile", {"down": False})

    def asks_while_everybody_is_asked(self, person):
        challenges("always")
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.page.go_to("#email")
        self.page.type(person.email)
        self.page.press("Enter")
        self.says("a link to choose a new password is on its way")
        mailed(person.email, "reset-password")

    def strangers(self):
        """Whom the page has asked besides us."""
        return [url.partition("?")[0] for url in self.page.requests if not url.startswith(f"{ORIGIN}/")]

    def is_allowed(self):
        self.assertEqual([line for line in self.page.complaints if "policy:" in line], [])

    def test_the_widget_is_shown_and_the_request_goes_on(self):
        self.asks_while_everybody_is_asked(Person().signed_up())
        self.assertEqual(self.strangers(), [f"{AWS}/turnstile/v0/api.js"] + self.strangers()[1:])
        self.assertEqual([refusal for refusal in self.page.refusals if refusal[0] == PATH], [(PATH, 429)])
        self.assertNotIn(f"{ORIGIN}/auth/ui/proof.js", self.page.requests)
        self.is_allowed()

    def test_while_the_provider_is_down_the_browser_works(self):
        ada = Person().signed_up()
        put("/turnstile", {"down": True})
        self.asks_while_everybody_is_asked(ada)
        self.assertEqual(self.strangers(), [f"{AWS}/turnstile/v0/api.js"])
        # As it was asked first, and with the news that there is no widget.
        self.assertEqual([refusal for refusal in self.page.refusals if refusal[0] == PATH], [(PATH, 429)] * 2)
        self.assertIn(f"{ORIGIN}/auth/ui/proof.js", self.page.requests)
        self.is_allowed()


if __name__ == "__main__":
    unittest.main()
