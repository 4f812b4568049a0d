"""Pages and letters in every language, on a telephone: nothing is cut off, no word is torn, nothing is left in another language."""

import json
import secrets
import unittest
from urllib.parse import parse_qs, urlsplit

from outbox import LETTERS, put
from service import ORIGIN, inbox, mailed
from test_pages import LINK_PAGES, PAGES, Pages, Person

LANGUAGES = ("en", "de", "es", "fr", "pt", "ja", "zh")
# The width of a small telephone.
NARROW = 360
# What is wider than its place, and words that are torn though their language parts words by spaces.
FLAWS = """(() => {
    const flaws = [], root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) flaws.push(`the page: ${root.scrollWidth}`);
    for (const element of document.body.querySelectorAll("*")) {
        if (element.clientWidth && element.checkVisibility() && element.scrollWidth > element.clientWidth) {
            flaws.push(`${element.localName} ${element.id}: ${element.scrollWidth} > ${element.clientWidth}`);
        }
    }
    if (!["ja", "zh"].includes(root.lang)) {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
        while (texts.nextNode()) {
            const node = texts.currentNode;
            if (!node.parentElement.checkVisibility() || node.parentElement.closest("script")) continue;
            for (const { 0: word, index } of node.data.matchAll(/\\S+/g)) {
                // Addresses may be torn: most are longer than a line.
                if (/@|:\\/\\//.test(word)) continue;
                for (const part of word.matchAll(/[\\p{L}\\p{N}]+/gu)) {
                    range.setStart(node, index + part.index);
                    range.setEnd(node, index + part.index + part[0].length);
                    if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) flaws.push(`torn: ${part[0]}`);
                }
            }
        }
    }
    return flaws;
})()"""
# Answers in the place of the service: what the page sends is kept, and what it hears is `ANSWER`.
ANSWERS = """{
    const really = fetch;
    globalThis.sent = [];
    globalThis.fetch = (url, options) => {
        if (options?.method !== "POST") return really(url, options);
        sent.push([new URL(url).pathname, options.body]);
        const [status, answer] = ANSWER;
        return Promise.resolve(new Response(JSON.stringify(answer), { status }));
    };
}"""


class Languages(Pages):
    def answer(self, status, **answer):
        """What the service says from now on, on the pages that are opened."""
        script = ANSWERS.replace("ANSWER", json.dumps([status, answer]))
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def words(self):
        return json.loads(self.page.evaluate("document.getElementById('words').textContent"))

    def fits(self):
        self.assertEqual(self.page.evaluate(FLAWS), [])

    def test_this_browser_has_letters_for_every_language(self):
        """Else it would leave them out, and everything would fit."""
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        for text in ("日本語のひらがな", "简体中文的汉字"):
            self.page.evaluate(f"document.querySelector('h1').innerHTML = '<span>{text}</span>'")
            em = self.page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
            width = self.page.evaluate("document.querySelector('h1 span').getBoundingClientRect().width")
            self.assertAlmostEqual(width, len(text) * em, delta=len(text), msg=f"no font here has {text}")
        self.check()

    def test_every_page_fits_on_a_telephone_whatever_it_says(self):
        self.page.size(NARROW)
        for name in PAGES:
            for language in LANGUAGES:
                with self.subTest(page=name, language=language):
                    self.open(f"{ORIGIN}/auth/ui/{name}?lang={language}&token=nothing")
                    self.assertEqual(self.page.evaluate("document.documentElement.lang"), language)
                    self.fits()
                    self.shot(f"{name}-{language}")
                    self.page.evaluate("document.querySelectorAll('[hidden]').forEach((part) => { part.hidden = false; })")
                    for group in self.words().values():
                        for text in group.values():
                            said = json.dumps(text.replace("{time}", "59 Minuten"))
                            self.page.evaluate(
                                f"document.querySelectorAll('.note, h1, #ask button').forEach((place) => {{ place.textContent = {said}; }})"
                            )
                            self.fits()
        self.check()

    def test_every_page_says_in_its_language_what_came_of_it(self):
        self.page.size(NARROW)
        for status, answer, title, text in (
            (200, {"success": True, "message": "Done", "redirect_url": "https://app.example.com/x"}, "done", "doneText"),
            (400, {"success": False, "message": "No", "redirect_url": None}, "void", "failedText"),
        ):
            self.answer(status, **answer)
            for name in LINK_PAGES:
                for language in LANGUAGES:
                    with self.subTest(page=name, language=language, status=status):
                        self.open(f"{ORIGIN}/auth/ui/{name}?lang={language}&token=a-token")
                        self.page.evaluate(
                            "document.querySelectorAll('.field input').forEach((field) => { field.value = 'x'.repeat(9); })"
                        )
                        self.page.go_to("#redeem button")
                        self.page.press("Enter")
                        self.page.until("document.getElementById('message').textContent !== ''")
                        words = self.words()
                        self.assertEqual(self.said_in("h1"), {**words["all"], **words["page"]}[title])
                        self.assertEqual(self.said_in("#message"), words["page"][text])
                        self.assertEqual(self.page.focused(), "h1")
                        self.assertEqual(self.visible("#onward"), status == 200)
                        self.assertFalse(self.visible("#redeem") or self.visible("#languages"))
                        self.fits()
                        self.shot(f"{name}-{language}-{status}")
                        path, body = self.page.evaluate("sent[0]")
                        self.assertEqual((path, json.loads(body)["token"]), (f"/auth/{name}", "a-token"))
                        self.assertEqual(self.page.evaluate("sent.length"), 1)
        self.check()

    def test_what_saves_an_account_leads_on_where_its_link_does_not_work(self):
        self.answer(400, success=False, message="No", redirect_url=None)
        self.open(f"{ORIGIN}/auth/ui/not-me?lang=fr&token=a-token")
        self.assertFalse(self.visible("#instead"))
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.page.until("document.getElementById('instead').checkVisibility()")
        self.page.go_to("#instead")
        self.page.press("Enter")
        self.page.until("location.pathname.endsWith('/forgot-password') && document.getElementById('app')?.hidden === false")
        self.says("Mot de passe oublié")
        self.assertEqual(self.page.evaluate("location.pathname + location.search"), "/auth/ui/forgot-password?lang=fr")
        self.check()

    def test_opening_a_page_asks_for_nothing_but_itself(self):
        for name in PAGES:
            self.page.requests.clear()
            self.open(f"{ORIGIN}/auth/ui/{name}?lang=de&token=a-token")
            self.assertEqual([urlsplit(url).path for url in self.page.requests], [f"/auth/ui/{name}"])
        self.check()

    def test_another_language_is_chosen_and_the_link_still_works(self):
        ada = Person()
        ada.signs_up()
        link = mailed(ada.email, "verify-email")
        self.open(link)
        token = parse_qs(urlsplit(link).query)["token"][0]
        self.page.requests.clear()
        self.page.go_to("#languages a[lang=ja]")
        self.page.press("Enter")
        self.says("メールアドレスの確認")
        self.assertEqual(
            self.page.evaluate("[document.documentElement.lang, document.title]"), ["ja", "メールアドレスの確認 – Pages & Co"]
        )
        self.assertEqual(self.page.focused(), "h1")
        self.page.go_to("#languages a[lang=es]")
        self.page.press("Enter")
        self.says("Solo queda un paso")
        for address in [*self.page.addresses(), *self.page.requests]:
            self.assertNotIn(token, address)
        self.assertEqual(self.page.evaluate("location.search"), "?lang=es")
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Su dirección está verificada")
        self.assertEqual(self.said_in("#message"), "Ya puede iniciar sesión.")
        self.assertEqual(ada.signs_in(), 200)
        self.check()

    def test_what_is_typed_stays_when_another_language_is_chosen_and_what_is_said_follows(self):
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.page.go_to("#email")
        self.page.type("nowhere")
        self.page.go_to("#languages a[lang=de]")
        self.page.press("Enter")
        self.says("Passwort vergessen?")
        self.assertEqual(self.page.evaluate("document.getElementById('email').value"), "nowhere")
        self.page.go_to("#ask button")
        self.page.press("Enter")
        self.says("Das ist keine gültige E-Mail-Adresse.")
        self.refusals = [("/auth/forgot-password", 422)]
        self.check()

    def test_without_the_service_the_language_stays_and_the_page_says_so(self):
        self.open(f"{ORIGIN}/auth/ui/forgot-password?lang=fr")
        self.page.evaluate("globalThis.fetch = () => Promise.reject(new TypeError('no'))")
        self.page.go_to("#languages a[lang=de]")
        self.page.press("Enter")
        self.says("Le serveur est injoignable.")
        self.assertEqual(self.page.evaluate("document.documentElement.lang"), "fr")
        self.check()

    def test_what_the_service_says_in_english_is_said_in_the_language_of_the_page(self):
        ada = Person()
        ada.signs_up()
        ada.signs_up("another password")
        self.open(mailed(ada.email, "verify-email", 2).replace("lang=en", "lang=de"))
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Ihre Adresse ist bestätigt")
        self.assertEqual(self.said_in("#message"), "Wählen Sie ein Passwort mit dem Link, den wir Ihnen geschickt haben.")
        self.open(mailed(ada.email, "reset-password").replace("lang=en", "lang=pt"))
        for field in ("#password", "#again"):
            self.page.go_to(field)
            self.page.type("password123")
        self.page.press("Enter")
        self.says("Escolha outra.")
        said = "Esta senha é uma das mais comuns, ou uma delas seguida de números e sinais. Escolha outra."
        self.assertEqual(self.said_in("#redeem-note"), said)
        self.refusals = [("/auth/reset-password", 422)]
        self.check()

    def test_times_are_in_words_of_the_language(self):
        for language, said in (
            ("en", "Send again in 42 seconds"),
            ("de", "Erneut senden in 42 Sekunden"),
            ("ja", "42 秒後に再送できます"),
        ):
            self.answer(200, success=True, message="x", retry_after=42)
            self.open(f"{ORIGIN}/auth/ui/forgot-password?lang={language}")
            self.page.go_to("#email")
            self.page.type("ada@example.com")
            self.page.press("Enter")
            self.page.until(f"document.querySelector('#ask button').textContent === {json.dumps(said)}")
        self.check()

    def test_every_letter_fits_on_a_telephone(self):
        self.page.size(NARROW)
        for language in LANGUAGES:
            for name, letter in LETTERS.items():
                with self.subTest(letter=name, language=language):
                    to = f"{secrets.token_hex(8)}@example.com"
                    put(letter, to, language)
                    (mail,) = inbox(to)
                    frame = self.page.call("Page.getFrameTree")["frameTree"]["frame"]["id"]
                    self.page.call("Page.setDocumentContent", frameId=frame, html=mail["html"])
                    self.assertEqual(self.page.evaluate("document.documentElement.lang"), language)
                    self.fits()
                    self.shot(f"letter-{name}-{language}")
        self.assertEqual(self.page.complaints, [])


if __name__ == "__main__":
    unittest.main()
