#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How well names of companies are told apart, on files with the truth. What kind a file is, its header says:

  id,name,true_company            rows of one company have one true_company: which pairs of rows are found (arc_name_index_find_pairs())
  gt_name,name,correct            pairs of names, and whether they are one company: which of them are
  ,company_name,country           two files of this kind: the names of the one whose file name has "adjusted" are looked for among those of the other
                                  (first column: which row they are), with their country, as master data has it; top1: how many are found first;
                                  precision and recall: of those that are found first with a score that makes them candidates

usage: names.py FILE... [--least 8000]       the last line is one JSON object: {file: {"precision", "recall", "f1", "top1", ...}}

The score from which two names are one company is the library's own (names.LIKELY) for all files. "halves": the same file as two halves by company, each
judged alone; "best": for the eye, where the f1 of the other half would have put that score, and what it gives here.

Run it with: ARCORE_LIBRARY=build/dev/libarcore.so PYTHONPATH=bindings/python python3 tests/bench/names.py ../shared/data/names/*.csv
"""
import argparse
import csv
import json
import os
import sys
import time
from collections import Counter, defaultdict

import arcore
from arcore import names


def rates(right, found, true):
    precision = right / found if found else 1.0
    recall = right / true if true else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def all_pairs(n):
    return n * (n - 1) // 2


class Rows:
    """Rows with names and the company they are of."""

    def __init__(self, rows, lowest):
        self.index = names.NameIndex(arcore.default_context())
        self.truth = [company for _, company in rows]
        for at, (name, _) in enumerate(rows):
            self.index.add(at, name)
        self.pairs = self.index.pairs(lowest)

    def judge(self, least):
        """Each row of a spelling stands for all of it: pairs are between spellings, and all rows of one spelling are pairs."""
        of = list(range(len(self.truth)))
        for p in self.pairs:
            if "same_text" in p.reasons:
                of[p.b] = p.a
        spellings = defaultdict(Counter)
        for at, company in enumerate(self.truth):
            spellings[of[at]][company] += 1
        found = sum(all_pairs(sum(c.values())) for c in spellings.values())
        right = sum(all_pairs(n) for c in spellings.values() for n in c.values())
        for p in self.pairs:
            if p.score >= least and "same_text" not in p.reasons:
                a, b = spellings[of[p.a]], spellings[of[p.b]]
                found += sum(a.values()) * sum(b.values())
                right += sum(n * b[company] for company, n in a.items())
        return rates(right, found, sum(all_pairs(n) for n in Counter(self.truth).values()))

    def groups(self, least):
        """All rows of a group are one company."""
        up = list(range(len(self.truth)))

        def root(i):
            while up[i] != i:
                up[i] = i = up[up[i]]
            return i
        for p in self.pairs:
            if p.score >= least:
                up[root(p.a)] = root(p.b)
        group = [root(i) for i in range(len(up))]
        found = sum(all_pairs(n) for n in Counter(group).values())
        right = sum(all_pairs(n) for n in Counter(zip(group, self.truth)).values())
        return rates(right, found, sum(all_pairs(n) for n in Counter(self.truth).values()))


def nearest_of_company(rows):
    """How often the nearest other spelling is of the same company, where there is one."""
    of, index = {}, names.NameIndex(arcore.default_context())
    for name, company in rows:
        if (name, company) not in of:
            of[(name, company)] = len(of)
            index.add(of[(name, company)], name)
    company_of = {at: company for (_, company), at in of.items()}
    sizes, right, asked = Counter(company_of.values()), 0, 0
    for (name, company), at in of.items():
        if sizes[company] > 1:
            other = next((m for m in index.search(name, 2) if m.id != at), None)
            asked, right = asked + 1, right + (other is not None and company_of[other.id] == company)
    return round(right / asked, 4) if asked else None


STEPS = range(7000, 9600, 100)


def companies_file(rows, least):
    rows = [(r["name"], r["true_company"]) for r in rows]
    whole = Rows(rows, STEPS[0])
    result = {"kind": "companies", "rows": len(rows), **whole.judge(least), "top1": nearest_of_company(rows), "groups": whole.groups(least)}
    order = sorted({company for _, company in rows})
    side = {company: i % 2 for i, company in enumerate(order)}
    halves = [Rows([r for r in rows if side[r[1]] == k], STEPS[0]) for k in (0, 1)]
    result["halves"] = []
    for k in (0, 1):
        best = max(STEPS, key=lambda s: (halves[1 - k].judge(s)["f1"], -abs(s - least)))
        result["halves"].append({**halves[k].judge(least), "best": {"least": best, **halves[k].judge(best)}})
    return result


def pairs_file(rows, least):
    index, ids = names.NameIndex(arcore.default_context()), {}
    for r in rows:
        for name in (r["gt_name"], r["name"]):
            if name not in ids:
                ids[name] = len(ids)
                index.add(ids[name], name)
    right = found = true = 0
    for r in rows:
        one, correct = index.explain(r["gt_name"], ids[r["name"]])["score"] >= least, r["correct"] == "True"
        found, true, right = found + one, true + correct, right + (one and correct)
    known, hits, asked = names.NameIndex(arcore.default_context()), 0, 0
    by_name = {name: at for at, name in enumerate(sorted({r["name"] for r in rows}))}
    for name, at in by_name.items():
        known.add(at, name)
    for r in rows:
        if r["correct"] == "True":
            best = known.search(r["gt_name"], 1)
            asked, hits = asked + 1, hits + (bool(best) and best[0].id == by_name[r["name"]])
    return {"kind": "pairs", "rows": len(rows), **rates(right, found, true), "top1": round(hits / asked, 4) if asked else None}


def country(row):
    code = row.get("country", "").strip()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def search_file(rows, known, least, show):
    index = names.NameIndex(arcore.default_context())
    for r in known:
        index.add(int(r[""]), r["company_name"], country=country(r))
    spelt = {int(r[""]): r["company_name"] for r in known}
    right, sure, named, margins, start = 0, 0, 0, [], time.perf_counter()
    for r in rows:
        best = index.search(r["company_name"], 2, country=country(r))
        hit = bool(best) and best[0].id == int(r[""])
        likely = bool(best) and best[0].score >= least
        right, named, sure = right + hit, named + likely, sure + (hit and likely)
        if hit:
            margins.append(best[0].margin)
        elif show:
            print(f"  missed: {r['company_name']!r} is {spelt.get(int(r['']))!r}, found {[(spelt[m.id], m.score) for m in best]}", file=sys.stderr)
    return {"kind": "search", "rows": len(rows), **rates(sure, named, len(rows)), "top1": round(right / len(rows), 4), "misses": len(rows) - right, "median_margin": sorted(margins)[len(margins) // 2] if margins else None,
            "ms_per_search": round((time.perf_counter() - start) * 1000 / len(rows), 3)}


def main():
    parser = argparse.ArgumentParser(description="pairs and searches of company names against the truth")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--least", type=int, default=names.LIKELY)
    parser.add_argument("--show", action="store_true", help="what was missed, on standard error")
    asked = parser.parse_args()
    results, searched = {}, {}
    for path in asked.files:
        with open(path, encoding="utf-8-sig", newline="") as f:
            rows = list(csv.DictReader(f))
        fields, name = set(rows[0]) if rows else set(), os.path.basename(path)
        if {"name", "true_company"} <= fields:
            results[name] = companies_file(rows, asked.least)
        elif {"gt_name", "name", "correct"} <= fields:
            results[name] = pairs_file(rows, asked.least)
        elif {"", "company_name"} <= fields:
            searched[name] = rows
        else:
            print(f"{name}: not a file of names with the truth, left out")
    adjusted = [n for n in searched if "adjusted" in n]
    known = [n for n in searched if "adjusted" not in n]
    for name in adjusted:
        plain = next((n for n in known if n in name), known[0] if known else None)
        if plain is None:
            print(f"{name}: the file it was made from is missing, left out")
        else:
            results[name] = search_file(searched[name], searched[plain], asked.least, asked.show)
    for name, r in results.items():
        print(f"{name}: " + ", ".join(f"{k} {v}" for k, v in r.items() if not isinstance(v, (dict, list))))
        for half in r.get("halves", []):
            print(f"    half: precision {half['precision']}, recall {half['recall']}, f1 {half['f1']}; with the other half's best score {half['best']['least']}: f1 {half['best']['f1']}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
