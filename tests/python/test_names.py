# SPDX-License-Identifier: Apache-2.0
"""Names of companies from Python."""
import support
from arcore import NameIndex, names
from support import arcore


class Names(support.unittest.TestCase):
    def setUp(self):
        self.context = arcore.Context()
        self.addCleanup(self.context.close)

    def test_one_form_for_all_spellings(self):
        self.assertEqual(names.normalise("華為（上海）技術有限公司"), "华为 上海 技术 有限公司")
        self.assertEqual(names.normalise("Ｍüller & Söhne GmbH", core_only=True), "muller")
        with self.assertRaises(arcore.LimitError):
            names.normalise("x" * 1300)

    def test_how_near_they_are(self):
        self.assertEqual(names.compare("Schumann AG", "Schumann AG"), names.SAME)
        self.assertGreaterEqual(names.compare("上海索迪龙自动化股份有限公司", "上海索迪龙自动化有限公司"), names.LIKELY)
        self.assertLess(names.compare("华为技术有限公司", "华为终端有限公司"), names.LIKELY)
        why = names.explain(self.context, "Schumann Group", "Schuman GmbH")
        self.assertEqual([(m["a"], m["b"], m["how"]) for m in why["matches"]], [("schumann", "schuman", "typo")])
        self.assertEqual(why["unmatched_a"], ["group"])

    def test_an_index_finds_names_keys_and_pairs(self):
        with NameIndex(self.context) as index:
            index.add(1, "上海索迪龙自动化股份有限公司", tax_id="91310000MA1K00001A")
            index.add(2, "Schumann Maschinenbau GmbH", country="DE", bank_account="DE89 3704 0044 0532 0130 00")
            index.add(3, "Schuman Maschinenfabrik", country="DE")
            index.add(4, "Somebody Else")
            index.add_key(4, "bank_account", "DE89370400440532013000")
            best = index.search("索迪龍自動化有限公司", 2)[0]
            self.assertEqual((best.id, best.reasons), (1, ("name",)))
            self.assertGreater(best.margin, 5000)
            self.assertEqual(index.search("Nobody", tax_id="91310000ma1k00001a", least=names.LIKELY)[0].reasons, ("tax_id",))
            self.assertEqual({(p.a, p.b, p.reasons) for p in index.pairs()}, {(2, 3, ("name",)), (2, 4, ("bank_account",))})
            self.assertEqual({p.group for p in index.pairs()}, {2})
            told = []
            index.pairs(progress=lambda done, total: told.append((done, total)))
            self.assertEqual(told, [(0, 4)])
            with self.assertRaises(arcore.CancelledError):
                index.pairs(progress=lambda done, total: True)
            self.assertEqual(index.explain("Schumann", 2)["name"], "schumann machine gmbh")
            with self.assertRaises(arcore.NotFoundError):
                index.explain("Schumann", 9)
            with self.assertRaises(arcore.FieldValueError):
                index.add(5, "x", country="Germany")


class Duplicates(support.BookTest):
    def test_customers_that_could_be_one(self):
        a = self.customer("A", legal_name="上海索迪龙自动化股份有限公司")
        b = self.customer("B", legal_name="索迪龍自動化（上海）有限公司")
        c = self.customer("C", legal_name="Schumann GmbH")
        self.assertEqual([(d.a_code, d.b_code, d.b_name, d.reasons) for d in self.session.duplicates()], [("A", "B", b.legal_name, ("name",))])
        draft = self.session.new("customer", code="D", legal_name="Schuman AG")
        self.assertEqual([x["id"] for x in self.session.duplicate_check(draft)["candidates"]], [c.id])
        with self.session.duplicate_index() as index:
            self.assertEqual(index.search("索迪龙")[0].id in (a.id, b.id), True)
            self.assertEqual(self.session.duplicate_check(a, index)["candidates"][0]["code"], "B")
            index.exclude(b.id, a.id)
            self.assertEqual(index.pairs(), [])
        self.session.insert("duplicate_decision", customer=b.id, other=a.id, reason="sisters")
        self.assertEqual(self.session.duplicates(), [])


if __name__ == "__main__":
    support.main()
