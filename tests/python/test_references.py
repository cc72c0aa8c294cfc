# SPDX-License-Identifier: Apache-2.0
"""References in texts from Python."""
from decimal import Decimal

import support
from arcore import ReferenceIndex, references
from support import arcore


class References(support.unittest.TestCase):
    def setUp(self):
        self.context = arcore.Context()
        self.addCleanup(self.context.close)

    def test_check_digits(self):
        self.assertTrue(references.check("rf", "RF18 5390 0754 7034"))
        self.assertFalse(references.check("ogm", "020343057641"))
        self.assertEqual(references.make("qrr", "21000000000313947143000901"), "210000000003139471430009017")
        with self.assertRaises(arcore.Error):
            references.make("ogm", "12345678901")

    def test_numbers_in_a_text(self):
        with ReferenceIndex(self.context) as index:
            index.add("INV-2025-0001", 11, customer=7)
            index.add("INV-2025-0002", 12, customer=7)
            index.add("销字第88号", 3, kind="contract", customer=8)
            text = "货款 INV-2025-0001/02，销字第88号"
            hits = index.find(text)
            self.assertEqual([(text[h.start:h.end], h.kind, h.numbers) for h in hits],
                             [("INV-2025-0001", "exact", ("INV-2025-0001",)), ("02", "list", ("INV-2025-0002",)), ("销字第88号", "exact", ("销字第88号",))])
            self.assertEqual(hits[2].targets, ((references.Target("contract", 3, 8),),))
            hit, = index.find("INV-2025-0O01 EUR 12.50", amount=arcore.Money(Decimal("12.50"), "EUR"), accounts=["DE89 3704 0044 0532 0130 00"])
            self.assertEqual((hit.kind, hit.repair), ("repaired", references.Repair("lookalike", 10, "O", "0")))
            self.assertEqual(index.find("INV-2025-0O01", repair=False), [])
            self.assertEqual([h.numbers for h in index.find("0002", customers=[7])], [("INV-2025-0002",)])

    def test_what_is_no_reference(self):
        masks = {p["text"]: p.get("mask") for p in references.read(self.context, "20250131 4711 12,50 EUR")["pieces"]}
        self.assertEqual((masks["20250131"], masks["4711"], masks["12"]), ("date", None, "amount"))


if __name__ == "__main__":
    support.unittest.main()
