# SPDX-License-Identifier: Apache-2.0
"""Customers that turned out to be one, from Python."""
import support
from support import arcore, day


class Merges(support.BookTest):
    def test_merge_and_unmerge(self):
        s = self.session
        kept, merged = self.customer("K").id, self.customer("M").id
        s.business_date = day("2026-03-01")
        record = s.customer_merge(kept, merged, "one and the same", request_key="m1")
        self.assertEqual(s.customer_merge(kept, merged, "one and the same", request_key="m1"), record)
        self.assertEqual(s.get("merge_record", record).kept, kept)
        self.assertEqual(s.get("customer", merged).merged_into, kept)
        self.assertEqual(s.customer_root(merged), kept)
        self.assertEqual(s.customer_root(merged, as_of=day("2026-02-28")), merged)
        self.assertEqual(s.customer_family(merged), [kept, merged])
        self.assertEqual(s.customer_family(kept, as_of=day("2026-02-28")), [kept])
        with self.assertRaises(arcore.StateError):
            s.customer_merge(merged, kept, "round")
        s.customer_unmerge(merged, "two after all")
        self.assertEqual(s.customer_family(kept), [kept])
        self.assertIsNone(s.get("customer", merged).merged_into)

    def test_many(self):
        s = self.session
        kept = self.customer("K").id
        for n in range(12):
            s.customer_merge(kept, self.customer(f"M{n}").id, "again", leave_owner=True)
        self.assertEqual(len(s.customer_family(kept)), 13)


if __name__ == "__main__":
    support.main()
