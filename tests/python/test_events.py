# SPDX-License-Identifier: Apache-2.0
"""The change feed, histories, the outbox and erasure."""
import json

import support
from support import arcore, datetime


class Feeds(support.BookTest):
    def test_the_feed_goes_on_where_it_was(self):
        s, c = self.session, self.customer("C1")
        self.invoice(c, "I1")
        feed = s.feed()
        events = list(feed)
        self.assertEqual([e["type"] for e in events][-2:], ["customer.insert", "invoice.record"])
        last = events[-1]
        self.assertEqual((last["specversion"], last["subject"], last["data"]["actor"]), ("1.0", "invoice/1", "clerk"))
        token = feed.token()
        self.assertEqual(list(feed), [])
        self.customer("C2")
        self.assertEqual([e["subject"] for e in feed], ["customer/2"])
        feed.close()
        self.assertEqual([e["subject"] for e in s.feed(token)], ["customer/2"])
        self.assertEqual([e["type"] for e in s.feed(verb="invoice.")], ["invoice.record"])
        self.assertEqual([e["subject"] for e in s.feed(entity="customer", row=2)], ["customer/2"])
        with self.assertRaises(arcore.FormError):
            s.feed("no token")
        with self.assertRaises(arcore.InvalidError):
            s.feed(row=5)
        with self.assertRaises(arcore.HandleError):
            next(feed)
        self.assertIsInstance(json.loads(s.feed().next_json()), dict)

    def test_history_of_a_record(self):
        s, c = self.session, self.customer("C1")
        self.customer("C2")
        s.update(c, remark="r")
        history = list(s.history("customer", c.id))
        self.assertEqual([e["data"]["rows"][0]["op"] for e in history], ["insert", "update"])
        with self.assertRaises(arcore.NotFoundError):
            s.history("customer", 99)
        feed = s.history("customer", c.id)
        with self.assertRaises(arcore.UnsupportedError):
            feed.token()


class Outbox(support.BookTest):
    def test_at_least_once(self):
        s, c = self.session, self.customer()
        first = s.message_enqueue("dunning.letter", "k1", {"to": "a@b.example", "text": "请付款"}, channel="email", customer=c.id, request_key="m1")
        self.assertEqual(s.message_enqueue("dunning.letter", "k1", {"to": "a@b.example", "text": "请付款"}, channel="email", customer=c.id,
                                           request_key="m1"), first)
        with self.assertRaises(arcore.ExistsError):
            s.message_enqueue("dunning.letter", "k1", "{}")
        s.message_enqueue("dunning.letter", "k2", "{}", not_before=datetime.datetime(2999, 1, 1, tzinfo=datetime.timezone.utc))
        lease, = s.message_lease_due("worker", seconds=60)
        self.assertEqual((lease.id, lease.attempt), (first, 1))
        self.assertGreater(lease.leased_to, datetime.datetime.now(datetime.timezone.utc))
        self.assertEqual(s.get("message", first).payload, {"to": "a@b.example", "text": "请付款"})
        self.assertEqual(s.message_lease_due("other"), [])
        s.message_acknowledge(lease, {"smtp": "250"})
        self.assertEqual(s.get("message", first).status, "sent")
        with self.assertRaises(arcore.StaleError):
            s.message_acknowledge(lease)
        s.message_receipt(first, "delivered")
        self.assertEqual(s.get("message", first).status, "delivered")

    def test_failing_and_giving_up(self):
        now = [datetime.datetime(2026, 6, 30, tzinfo=datetime.timezone.utc)]
        s = self.book.session("worker", business_date=support.TODAY, clock=lambda: now[0])
        s.message_enqueue("task", "k", {}, max_attempts=2)
        lease, = s.message_lease_due("w")
        self.assertIs(s.message_fail(lease, "no answer", seconds=60), False)
        self.assertEqual(s.message_lease_due("w"), [])
        now[0] += datetime.timedelta(hours=1)
        lease, = s.message_lease_due("w")
        self.assertEqual(lease.attempt, 2)
        self.assertIs(s.message_fail(lease, "no answer"), True)
        for wrong in (0, 1001):
            with self.assertRaises(arcore.InvalidError):
                s.message_lease_due("w", n=wrong)
        with self.assertRaises(OverflowError):
            s.message_lease_due("w", n=-1)


class Erasure(support.BookTest):
    def test_a_person_is_forgotten_and_the_chain_proves(self):
        s = self.session
        c = self.customer()
        contact = s.insert("contact", customer=c.id, name="张三", email="z@example.com")
        number = contact.id
        with self.assertRaises(arcore.StateError):
            s.subject_erase("contact", contact.id, "asked for", retain=lambda entity, id: (entity, id) == ("contact", number))
        with self.assertRaises(ZeroDivisionError):
            s.subject_erase("contact", contact.id, "asked for", retain=lambda entity, id: 1 / 0)
        told = s.subject_erase("contact", contact.id, "asked for")
        self.assertGreaterEqual((told.rows, told.values), (1, 1))
        self.assertIsNone(s.get("contact", contact.id).email)
        self.assertTrue(s.audit_verify().ok)
        self.assertTrue(self.book.verify().ok)


if __name__ == "__main__":
    support.main()
