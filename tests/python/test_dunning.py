# SPDX-License-Identifier: Apache-2.0
"""Letters by a dunning ladder."""
import arcore
import support

LADDER = {
    "dunning": "arcore/1", "currency": "CNY", "interval": "P7D",
    "levels": [
        {"on": {"anchor": "due_date", "offset": "P3D"},
         "then": [{"type": "message", "params": {"kind": "dunning.letter", "to": {"role": "finance"}, "channels": ["email"], "subject": "Reminder", "body": "Dear {{code}}"}}]},
        {"on": {"anchor": "due_date", "offset": "P15D"}, "min_amount": "50.00", "then": [{"type": "task", "params": {"title": "Call {{code}}"}}]},
    ],
}


class Dunning(support.BookTest):
    def test_a_day(self):
        s, c = self.session, self.customer()
        s.insert("contact", customer=c.id, name="Li", role="finance", email="li@x.example", consent=True)
        s.definition_publish(s.definition_save("dunning", "standard", LADDER))
        self.invoice(c, "INV-1", "100.00", due="2026-05-01")
        other = self.customer("C2", dunning_block_to=support.day("2026-12-31"))
        self.invoice(other, "INV-2", "70.00", due="2026-05-01")
        p = s.dunning_propose(as_of=support.day("2026-05-05"))
        self.assertEqual((len(p), p[0].action["level"], p[0].action["amount"]), (1, 1, "100.00"))
        held = p.json()["considered"]["suppressed"]
        self.assertEqual([(h["customer"], h["code"], h["until"]) for h in held], [(other.id, "block", "2026-12-31")])
        p.store()
        p.approve()
        self.assertEqual(p.apply().n_applied, 1)
        notice = s.find("dunning_notice", customer=c.id)
        self.assertEqual((notice.level, str(notice.amount), notice.n_items), (1, str(p[0].action["amount"]) + " CNY", 1))
        self.assertEqual(s.find("message", id=notice.message).kind, "dunning.letter")
        self.assertEqual(s.find("level_change", item=self.item_of("INV-1").id).level, 1)
        self.assertEqual(len(s.dunning_propose(as_of=support.day("2026-05-06"), customers=[c.id])), 0)
        why = s.dunning_explain(other.id, support.day("2026-05-06"))
        self.assertEqual([(i["outcome"], i["code"]) for i in why["items"]], [("held_back", "block")])
        self.assertTrue(self.book.verify().ok)

    def test_faults(self):
        with self.assertRaises(arcore.Error):
            self.session.dunning_propose(ladder="nobody", as_of=support.day("2026-05-05"))
        with self.assertRaises(arcore.Error):
            self.session.dunning_propose(customers=[], as_of=support.day("2026-05-05"))
