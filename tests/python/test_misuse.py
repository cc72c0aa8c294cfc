# SPDX-License-Identifier: Apache-2.0
"""What scripts do wrong: use after close, any order of closing and collecting, two threads, fork, callbacks that raise."""
import datetime
import gc
import io
import os
import subprocess
import sys
import threading
import unittest
import weakref

import support
from support import F, arcore


class Closing(support.BookTest):
    def test_use_after_close_raises(self):
        s, c = self.session, self.customer()
        query, cursor = s.query("customer"), s.query("customer").cursor()
        next(cursor)
        aging = s.aging()
        txn_of_another = self.book.session().query("customer")
        for handle, use in ((cursor, lambda: next(cursor)), (query, lambda: query.limit(1)), (aging, lambda: aging.total("CNY")),
                            (c, lambda: c.code), (s, lambda: s.get("customer", 1))):
            handle.close()
            handle.close()
            self.assertTrue(handle.closed)
            with self.assertRaises(arcore.HandleError):
                use()
        self.book.close()
        for use in (lambda: txn_of_another.tuples(), lambda: self.book.verify(), lambda: self.book.session(business_date=support.TODAY)):
            with self.assertRaises(arcore.HandleError):
                use()

    def test_children_die_with_their_parents(self):
        s, c = self.session, self.customer()
        txn = s.begin()
        query = s.query("customer")
        self.book.close()
        for use in (lambda: c.code, lambda: query.tuples(), txn.commit, lambda: s.query("customer"), lambda: c.to_json()):
            with self.assertRaises(arcore.HandleError):
                use()
        txn.rollback()
        self.context.close()
        self.context.close()
        for use in (lambda: c.code, lambda: query.tuples(), lambda: self.context.open("memory:x", create=True), self.context.schema):
            with self.assertRaises(arcore.HandleError):
                use()
        for handle in (c, query, s, self.book):
            handle.close()

    def test_what_a_session_made_keeps_it(self):
        c = self.customer()
        self.session.invoice_record(number="1", customer=c.id, invoice_date=support.TODAY, due_date=support.TODAY, currency="CNY", gross_amount=1)
        receipt = self.session.receipt_record(number="R", customer=c.id, value_date=support.TODAY, currency="CNY", amount=1)

        def fresh():
            return self.book.session("other", business_date=support.TODAY)
        made = (fresh().aging(), fresh().feed(), fresh().history("customer", c.id), fresh().query("customer"),
                fresh().get("customer", c.id), fresh().new("customer"), fresh().receipt_propose([receipt]))
        gc.collect()
        aging, feed, history, query, record, new, proposal = made
        self.assertEqual([row.code for row in aging], [c.code])
        self.assertEqual(aging.total("CNY").customer, 0)
        self.assertGreater(len(list(feed)), 2)
        self.assertTrue(feed.token())
        self.assertEqual([event["type"] for event in history], ["customer.insert"])
        self.assertEqual(query.count(), 1)
        self.assertEqual(record.code, c.code)
        new.code = "N"
        self.assertEqual(len(proposal), 1)
        cursor = fresh().query("customer").select("code").cursor()
        gc.collect()
        self.assertEqual(next(cursor).value(0), c.code)
        cursor.close()
        txn = fresh().begin()
        gc.collect()
        txn.commit()

    def test_a_value_others_wrote_is_named(self):
        import sqlite3
        path = self.path("bad.arc")
        session = self.context.open("sqlite:" + path, create=True).session("clerk", business_date=support.TODAY)
        session.insert("customer", code="C", legal_name="n")
        invoice = session.invoice_record(number="1", customer=1, invoice_date=support.TODAY, due_date=support.TODAY, currency="CNY", gross_amount=1)
        raw = sqlite3.connect(path)
        with raw:
            raw.execute("UPDATE invoice SET due_date = '2026-99-99'")
        raw.close()
        for use in (session.audit_verify, session.book.verify):
            self.assertIn(("invoice", "due_date", invoice), [(f.entity, f.field, f.id) for f in use().findings])
        with self.assertRaises(arcore.CorruptError) as caught:
            session.get("invoice", invoice)
        self.assertEqual((caught.exception.entity, caught.exception.field, caught.exception.id), ("invoice", "due_date", invoice))

    def test_every_order_of_collecting(self):
        import itertools
        for order in itertools.permutations(range(5)):
            context = arcore.Context()
            book = context.open("memory:gc", create=True)
            session = book.session("x", business_date=support.TODAY)
            record = session.insert("customer", code="C", legal_name="n")
            cursor = session.query("customer").cursor()
            held = [context, book, session, record, cursor]
            del context, book, session, record, cursor
            for place in order:
                held[place] = None  # counted references: gone at once

    def test_a_cycle_is_collected(self):
        context = arcore.Context()
        session = context.open("memory:cycle", create=True).session("x", business_date=support.TODAY)

        class Holder:
            pass
        holder = Holder()
        holder.me, holder.session, holder.record, holder.book = holder, session, session.new("customer"), session.book
        gone = weakref.ref(holder)
        del holder, session
        gc.collect()
        self.assertIsNone(gone())
        context.close()

    def test_an_abandoned_iteration_frees_its_snapshot(self):
        s = self.session
        for n in range(5):
            self.customer(f"C{n}")
        for row in s.query("customer"):
            with self.assertRaises(arcore.TxnError):  # the snapshot is still held
                self.customer("C9")
            break
        del row
        gc.collect()
        self.customer("C9")
        s.load("customer", {"code": [f"L{n}" for n in range(3000)], "legal_name": ["n"] * 3000})
        rows = iter(s.query("customer"))
        next(rows)
        self.book.close()
        with self.assertRaises(arcore.Error):
            list(rows)

    def test_columns_outlive_everything(self):
        for n in range(100):
            self.customer(f"C{n}", legal_name="青岛" * (n % 50) or "x")
        columns = self.session.query("customer").columns()
        view = columns["id"].values
        self.context.close()
        gc.collect()
        self.assertEqual(sum(int(v) for v in view), 5050)
        self.assertEqual(columns["legal_name"][3], "青岛" * 3)
        del columns
        gc.collect()
        self.assertEqual(sum(int(v) for v in view), 5050)

    def test_an_exit_with_everything_open(self):
        text = ("import arcore, datetime\n"
                "b = arcore.open('memory:x', create=True); s = b.session('a', business_date=datetime.date(2026, 1, 1))\n"
                "c = s.insert('customer', code='C', legal_name='n'); t = s.begin(); q = s.query('customer'); k = q.cursor(); r = iter(q); next(r)\n"
                "import atexit; atexit.register(lambda: print(c.code if not c.closed else 'closed'))\n")
        done = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", "C\n"))


class Threads(support.BookTest):
    def test_two_threads_in_one_book(self):
        inside, go_on, caught = threading.Event(), threading.Event(), []

        def slow(done, total):
            inside.set()
            go_on.wait(20)

        def verify():
            self.book.verify(progress=slow)

        thread = threading.Thread(target=verify)
        thread.start()
        self.assertTrue(inside.wait(20))
        for use in (lambda: self.session.query("customer"), self.session.close, lambda: self.book.dump(), self.context.close):
            try:
                use()
            except arcore.HandleError as error:
                caught.append(error)
        go_on.set()
        thread.join()
        self.assertEqual(len(caught), 3)  # closing a session is left to the thread inside
        self.assertFalse(self.book.closed)
        self.book.dump()

    def test_finalizers_in_other_threads(self):
        stop, faults = threading.Event(), []

        def collect():
            while not stop.is_set():
                gc.collect()

        thread = threading.Thread(target=collect)
        thread.start()
        try:
            for n in range(300):
                self.customer(f"C{n}")
                loop = [self.session.query("customer").limit(3)]
                loop.append(loop)  # garbage that only the collector frees
                for record in self.session.query("customer").limit(2).records():
                    cycle = [record]
                    cycle.append(cycle)
        except arcore.Error as error:
            faults.append(error)
        finally:
            stop.set()
            thread.join()
        self.assertEqual(faults, [])

    def test_clones_work_side_by_side(self):
        path = "sqlite:" + self.path("side.arc")
        with self.context.open(path, create=True) as book:
            def work(book, name):
                with book.session(name, business_date=support.TODAY, timeout=60) as session:
                    for n in range(20):
                        session.run(lambda s: s.insert("customer", code=f"{name}{n}", legal_name="n"), tries=50)
                book.close()
            threads = [threading.Thread(target=work, args=(book.clone(), name)) for name in "ab"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with book.session(business_date=support.TODAY) as session:
                self.assertEqual(session.query("customer").count(), 40)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_fork(self):
        self.customer("C1")
        path = "sqlite:" + self.path("fork.arc")
        book = self.context.open(path, create=True)
        session = book.session(business_date=support.TODAY)
        session.insert("customer", code="P1", legal_name="n")
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                for use in (lambda: session.query("customer"), lambda: book.verify(), lambda: self.context.open(path)):
                    try:
                        use()
                    except arcore.ForkedError:
                        code += 1
                session.close()
                del session, book
                gc.collect()
                with arcore.open(path) as own, own.session(business_date=support.TODAY) as mine:
                    mine.insert("customer", code="P2", legal_name="n")
                code += 1
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.WEXITSTATUS(status), 5)
        self.assertEqual([row.code for row in session.query("customer")], ["P1", "P2"])
        session.insert("customer", code="P3", legal_name="n")


class Raised(Exception):
    pass


class Callbacks(support.BookTest):
    def raiser(self, *arguments):
        raise Raised("from a callback")

    def test_what_a_callback_raises_comes_out(self):
        s = self.session
        self.customer()
        csv = b"code,name\nC7,x\nC8,y\n"
        mapping = {"mapping": "arcore/1", "targets": [{"entity": "customer", "match": ["code"], "fields": {
            "code": {"column": "code"}, "legal_name": {"column": "name"}}}]}

        class Bad(io.BytesIO):
            def read(self, n=-1):
                raise Raised("read")

            def write(self, data):
                raise Raised("write")

        for use in (lambda: self.book.verify(progress=self.raiser),
                    lambda: self.book.backup("sqlite:" + self.path("target.arc"), progress=self.raiser),
                    lambda: self.book.dump(Bad()),
                    lambda: s.query("customer").export(Bad()),
                    lambda: s.query("customer").export(progress=self.raiser),
                    lambda: s.import_csv(Bad(), mapping),
                    lambda: s.import_guess(Bad()),
                    lambda: s.import_csv(io.BytesIO(csv + b"".join(b"N%d,n\n" % n for n in range(20000))), mapping, progress=self.raiser),
                    lambda: s.import_csv(io.BytesIO(csv.replace(b"C8", b"C" * 200)), mapping, on_fault=self.raiser),
                    lambda: s.load("customer", {"code": ["L1", "L1"], "legal_name": ["x", "y"]}, all_or_none=False, on_fault=self.raiser),
                    lambda: s.run(self.raiser),
                    lambda: self.context.open("memory:t", create=True, trace=self.raiser).session(business_date=support.TODAY).query(
                        "customer").tuples()):
            try:
                use()
            except Raised:
                continue
            except arcore.Error as error:
                self.fail(f"swallowed: {error!r}")
            else:
                if use.__code__.co_names[-1] not in ("tuples",):  # a memory store has no statements to trace
                    self.fail(f"nothing was raised, line {use.__code__.co_firstlineno}")
        self.assertEqual([row.code for row in s.query("customer")], ["C1"])
        self.assertTrue(self.book.verify().ok)

    def test_a_clock_that_raises_writes_nothing(self):
        s = self.book.session("x", business_date=support.TODAY, clock=self.raiser)
        with self.assertRaises(Raised):
            s.insert("customer", code="C1", legal_name="n")
        self.assertEqual(self.session.query("customer").count(), 0)
        self.assertEqual(self.session.query("txn").where(F.stamp < datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)).count(), 0)
        fixed = datetime.datetime(2026, 6, 30, 12, 0, 0, 1, tzinfo=datetime.timezone.utc)
        s = self.book.session("x", business_date=support.TODAY, clock=lambda: fixed)
        s.insert("customer", code="C1", legal_name="n")
        self.assertEqual(self.session.query("txn").order("-id").first().stamp, fixed)

    def test_the_book_is_not_used_inside_a_callback(self):
        with self.assertRaises(arcore.HandleError):
            self.book.verify(progress=lambda done, total: self.session.query("customer").count())
        with self.assertRaises(arcore.HandleError):
            self.book.verify(progress=lambda done, total: self.context.close())
        self.assertFalse(self.context.closed)
        closed = []

        def closes(session):
            closed.append(1)
            session.book.close()
        with self.assertRaises(arcore.Error):
            self.session.run(closes)
        self.assertEqual(len(closed), 1)

    def test_callbacks_may_stop(self):
        self.customer()
        with self.assertRaises(arcore.CancelledError):
            self.book.verify(progress=lambda done, total: True)
        with self.assertRaises(KeyboardInterrupt):
            self.book.verify(progress=lambda done, total: (_ for _ in ()).throw(KeyboardInterrupt()))

    def test_the_log_is_heard(self):
        lines = []
        with arcore.Context(log=lambda *line: lines.append(line), log_level="debug") as context:
            with context.open("sqlite:" + self.path("log.arc"), create=True) as book:
                book.session("x", business_date=support.TODAY).insert("customer", code="C", legal_name="n")
        for level, module, code, message in lines:
            self.assertIsInstance(message, str)


if __name__ == "__main__":
    support.main()
