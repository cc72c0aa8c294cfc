# SPDX-License-Identifier: Apache-2.0
"""Attachments, external ids and the upsert."""
import hashlib
import io
import os

import support
from support import arcore


class Attachments(support.BookTest):
    def test_bytes_in_the_book(self):
        s, c = self.session, self.customer()
        data = os.urandom(200000)
        id = s.attach("customer", c.id, data, name="合同.pdf", media_type="application/pdf", request_key="a1")
        self.assertEqual(s.attach("customer", c.id, data, name="合同.pdf", media_type="application/pdf", request_key="a1"), id)
        self.assertEqual(s.attachment_get(id), data)
        self.assertEqual(s.attachment_read(id, 100, 10), data[100:110])
        self.assertEqual(s.attachment_read(id, len(data)), b"")
        told, = s.attachments("customer", c.id)
        self.assertEqual((told.name, told.size, told.digest, told.uri, told.withdrawn),
                         ("合同.pdf", len(data), hashlib.sha256(data).hexdigest(), "", False))
        s.attachment_withdraw(id, "the wrong one")
        self.assertEqual([(a.withdrawn, a.reason) for a in s.attachments("customer", c.id)], [(True, "the wrong one")])
        path = self.path("note.txt")
        with open(path, "wb") as f:
            f.write(b"hello")
        other = s.attach("customer", c.id, path, media_type="text/plain")
        s.attach("customer", c.id, io.BytesIO(b"x"), name="x", media_type="text/plain")
        s.attachment_get(other, path + ".copy")
        with open(path + ".copy", "rb") as f:
            self.assertEqual(f.read(), b"hello")
        self.assertEqual([a.name for a in s.attachments("customer", c.id)][1:], ["note.txt", "x"])

        class Full(io.BytesIO):
            def write(self, data):
                raise OSError("disk full")
        with self.assertRaises(OSError):
            s.attachment_get(other, Full())
        self.assertTrue(self.book.verify().ok)

    def test_elsewhere_and_refusals(self):
        s, c = self.session, self.customer()
        id = s.attach("customer", c.id, None, name="x", uri="https://files.example/x", digest="0" * 64, size=5)
        self.assertEqual(s.attachments("customer", c.id)[0].uri, "https://files.example/x")
        with self.assertRaises(arcore.StateError):
            s.attachment_get(id)
        for work, kind in ((lambda: s.attach("customer", 99, b"x", name="x"), arcore.NotFoundError),
                           (lambda: s.attach("customer", c.id, None, name="x"), arcore.InvalidError),
                           (lambda: s.attach("customer", c.id, b"x"), arcore.RequiredError),
                           (lambda: s.attach("customer", c.id, b"x", name="x", kind="nonsense"), arcore.FieldValueError),
                           (lambda: s.attachment_read(id, n=1 << 70), OverflowError)):
            with self.assertRaises(kind):
                work()


class Externals(support.BookTest):
    def test_ids_of_other_systems(self):
        s, c = self.session, self.customer()
        s.external_add("customer", c.id, "kingdee", "K-1", request_key="e1")
        s.external_add("customer", c.id, "kingdee", "K-1", request_key="e1")
        self.assertEqual(s.external_find("customer", "kingdee", "K-1"), c.id)
        self.assertEqual(s.externals("customer", c.id), [("kingdee", "K-1")])
        s.external_remove("customer", "kingdee", "K-1")
        with self.assertRaises(arcore.NotFoundError):
            s.external_find("customer", "kingdee", "K-1")

    def test_upsert(self):
        s = self.session
        one = s.upsert("customer", "kingdee", "K-1", code="C1", legal_name="Acme")
        self.assertEqual((one.what, one.skipped), ("inserted", []))
        self.assertEqual(s.upsert("customer", "kingdee", "K-1", code="C1", legal_name="Acme").what, "unchanged")
        again = s.upsert("customer", "kingdee", "K-1", code="C1", legal_name="Acme Ltd")
        self.assertEqual((again.id, again.what), (one.id, "updated"))
        records = [s.new("customer", code=f"M{n}", legal_name="m") for n in (1, 1, 2)]
        done = s.upsert_many(records, "kingdee", ["M-1", "M-2", "M-3"])
        self.assertEqual((done.ok, done.what, done.statuses[1]), (False, ["inserted", "", "inserted"], arcore.capi.ARC_E_EXISTS))
        with self.assertRaises(arcore.ExistsError):
            s.upsert_many([s.new("customer", code="M1", legal_name="m")], "kingdee", ["M-9"], all_or_none=True)
        with self.assertRaises(ValueError):
            s.upsert_many(records, "kingdee", ["M-1"])
        self.assertTrue(self.book.verify().ok)


if __name__ == "__main__":
    support.main()
