# SPDX-License-Identifier: Apache-2.0
"""What other programs read in the same bank files, in the form they keep it: objects of a Python parser (.yml), of a PHP parser (.json), ledgers."""
import base64
import datetime
import html
import re
from decimal import Decimal


def plain(text):
    """Without blanks: programs join wrapped lines in different ways."""
    return re.sub(r"\s+", "", text or "")


# ---- objects of the Python parser, as PyYAML dumps them ------------------------------------------------------------------------

def _scalar(first, more):
    """A plain or quoted scalar with the lines that continue it."""
    text = first
    for part in more:
        part = part.strip()
        text = text[:-1] + part.removeprefix("\\") if text.endswith("\\") else text + ("\n" if not part else part if text.endswith("\n") else " " + part)
    text = re.sub(r"^&\S+\s*", "", text).strip()
    if text in ("null", "~", ""):
        return None
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    if text[0] == '"':
        return re.sub(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), text[1:-1])
    return text


def _value(first, more):
    whole = "\n".join([first, *more])
    amount, currency = re.search(r"- '?(-?[\d.]+)'?", whole), re.search(r"currency: (\S+)", whole)
    binary = re.search(r"!!binary \|\s+(\S+)", whole)
    if "models.Balance" in first or "models.Amount" in first:
        return {"amount": Decimal(amount[1]), "currency": None if currency[1] == "null" else currency[1], "date": binary and day(binary[1])}
    return day(binary[1]) if binary else _scalar(first, more)


def _mapping(lines, indent):
    """Keys at this indentation, each with the lines that belong to it."""
    out, key, first, more = {}, None, "", []
    for line in [*lines, " " * indent + "end: x"]:
        m = re.match(rf" {{{indent}}}(\w+): ?(.*)$", line)
        if m:
            if key:
                out[key] = _value(first, more)
            key, first, more = m[1], m[2], []
        else:
            more.append(line)
    return out


def day(pickled):
    raw = base64.b64decode(pickled)
    return datetime.date(raw[0] * 256 + raw[1], raw[2], raw[3])


def yaml(path):
    """{"data": {...}, "transactions": [{...}]} of such a file."""
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        text = f.read()
    data, _, rest = text.partition("\ntags:")
    blocks = re.split(r"\n- !!python/object:mt940\.models\.Transaction\n", rest.partition("\ntransactions:")[2])[1:]
    return {"data": _mapping(data.split("\ndata:")[1].split("\n")[1:], 2), "transactions": [_mapping(block.split("\n  transactions:")[0].split("\n")[1:], 4) for block in blocks]}


def mt940_faults(expected, statements):
    """Where our statements differ from what the parser read in the file."""
    faults, lines = [], [(s, line) for s in statements for line in s.lines]

    def same(what, a, b):
        if a != b:
            faults.append(f"{what}: expected {a!r}, is {b!r}")

    def last(kind, where):
        found = [(s, x) for s in statements for x in s.balances if x.code == kind]
        same(where, expected["data"].get(where) is not None, bool(found))
        if found and expected["data"].get(where):
            want = expected["data"][where]
            same(where, (want["amount"], want["currency"], want["date"]), (found[-1][1].amount, found[-1][1].currency, found[-1][1].on))
    data = expected["data"]
    for code, where in (("60F", "final_opening_balance"), ("62F", "final_closing_balance"), ("60M", "intermediate_opening_balance"), ("62M", "intermediate_closing_balance"),
                        ("64", "available_balance")):
        last(code, where)
    for where, field in (("account_identification", "account"), ("transaction_reference", "id"), ("statement_number", "number"), ("sequence_number", "sequence"), ("related_reference", "related")):
        told = [getattr(s, field) for s in statements if getattr(s, field)]
        want = data.get(where)
        if where == "transaction_reference" and want:
            want = want.encode("latin-1", "replace").decode("latin-1")
        same(where, want or None, told[-1] if told else None)
    same("transactions", len(expected["transactions"]), len(lines))
    for i, (t, (s, line)) in enumerate(zip(expected["transactions"], lines)):
        faults += [f"line {i}: {fault}" for fault in mt940_line_faults(t, line)]
    return faults


def mt940_line_faults(t, line):
    faults, used = [], set()

    def same(key, b, squeeze=True):
        used.add(key)
        a = t.get(key)
        if (plain(a) != plain(b)) if squeeze else (a != b):
            faults.append(f"{key}: expected {a!r}, is {b!r}")
    amount = abs(t["amount"]["amount"])
    status = t["status"]
    wanted = -amount if status in ("D", "RC") else amount
    if (line.amount, line.currency or None, line.reversal) != (wanted, t["amount"]["currency"], len(status) == 2):
        faults.append(f"amount: expected {wanted} {t['amount']['currency']}, is {line.amount} {line.currency}")
    if line.value != t["date"] or ("entry_date" in t and line.booked != t["entry_date"]):
        faults.append(f"dates: {line.value} {line.booked}")
    used |= {"amount", "currency", "date", "entry_date", "guessed_entry_date", "status", "funds_code", "transaction_reference"}
    same("id", line.swift_code)
    keyed = "end_to_end_reference" in t
    reference = t.get("customer_reference")
    used.add("customer_reference")
    # what follows KREF+, with what that parser has no key for behind it
    tail = (line.info or "").rpartition("\n")[2]
    if reference and reference.startswith("KREF+\n"):
        if plain(reference[6:]) not in (plain(line.customer_ref), plain(line.customer_ref) + "MTLG:" + plain(tail)):
            faults.append(f"customer_reference: expected {reference!r}, is {line.customer_ref!r}")
    elif reference in ("NONREF", "KREF+") or (keyed and reference is None):
        if line.customer_ref and line.customer_ref not in line.raw.split("\n")[0]:
            faults.append(f"customer_reference: expected none, is {line.customer_ref!r}")
    elif plain(reference) != plain(line.customer_ref):
        faults.append(f"customer_reference: expected {reference!r}, is {line.customer_ref!r}")
    same("bank_reference", line.bank_ref)
    used.add("extra_details")
    if t.get("extra_details") and plain(t["extra_details"]) not in plain(f"{line.info}{line.text}{line.raw}"):
        faults.append(f"extra_details: {t['extra_details']!r}")
    if "transaction_details" in t:
        whole = (line.text or "") if not line.prima_nota else f"{line.gvc}PN{line.prima_nota}{line.text or ''}"
        used.add("transaction_details")
        if plain(t["transaction_details"]) != plain(whole):
            faults.append(f"transaction_details: expected {t['transaction_details']!r}, is {whole!r}")
    if "transaction_code" in t:
        same("transaction_code", line.gvc)
        used.add("posting_text")
        if t.get("posting_text") and plain(t["posting_text"]) not in map(plain, (line.info or "").split("\n")):
            faults.append(f"posting_text: expected {t['posting_text']!r}, is {line.info!r}")
        same("prima_nota", line.prima_nota)
        same("return_debit_notes", line.own_code)
        for key, ours, tag in (("applicant_bin", line.bank, "gvc_applicant_bin"), ("applicant_iban", line.account, "gvc_applicant_iban")):
            used |= {key, tag}
            whole = re.search(r"\?38([A-Z]{2}\d{26})", plain(line.raw))  # that parser does not know the whole number
            if plain(t.get(tag) or t.get(key)) != plain(ours) and not (whole and whole[1] == ours):
                faults.append(f"{key}: expected {t.get(key)!r}, is {ours!r}")
        same("applicant_name", line.name)
        more = plain(t.get("purpose")) + plain(t.get("additional_purpose"))
        used |= {"purpose", "additional_purpose", "recipient_name"}
        told, notice = plain(line.text), "MTLG:" + plain(tail)
        if sorted(more) not in (sorted(told), sorted(told + notice)):
            faults.append(f"purpose: expected {t.get('purpose')!r}, is {line.text!r}")
    if keyed:
        # what that parser has no key for (MTLG:) stays in the value before it
        used.add("end_to_end_reference")
        if t["end_to_end_reference"] != "NONREF" and plain(t["end_to_end_reference"]) not in (plain(line.end_to_end), plain(line.end_to_end) + "MTLG:" + plain(tail)):
            faults.append(f"end_to_end_reference: expected {t['end_to_end_reference']!r}, is {line.end_to_end!r}")
        same("additional_position_reference", line.mandate)
        same("applicant_creditor_id", line.creditor_id)
        same("purpose_code", line.purpose)
        same("deviate_applicant", line.ultimate_name)
        for key in ("FRST_ONE_OFF_RECC", "additional_position_date", "compensation_amount", "debitor_identifier", "deviate_recipient", "old_SEPA_CI", "old_SEPA_additional_position_reference",
                    "original_amount", "settlement_tag"):
            used.add(key)
            if t.get(key) and plain(t[key]) not in plain(line.raw):
                faults.append(f"{key}: {t[key]!r}")
    for key in [k for k in t if k.startswith("non_swift")]:
        used.add(key)
        if key == "non_swift_text" and plain(t[key]) != plain(line.text):
            faults.append(f"{key}: expected {t[key]!r}, is {line.text!r}")
        if re.match(r"non_swift_\d\d$", key) and line.extra.get("NS" + key[-2:]) != t[key]:
            faults.append(f"{key}: expected {t[key]!r}, is {line.extra.get('NS' + key[-2:])!r}")
    left = {k for k, v in t.items() if v is not None} - used
    return faults + ([f"not looked at: {sorted(left)}"] if left else [])


# ---- objects of the PHP parser -----------------------------------------------------------------------------------------------

BALANCES = {"opening": "OPBD", "closing": "CLBD", "opening_available": "OPAV", "closing_available": "CLAV"}


def _instant(value):
    return None if value is None else datetime.datetime.fromisoformat(value["0"])


def _party(kind, detail):
    for p in detail["getRelatedParties"]:
        if isinstance(p, dict) and p["getRelatedPartyType"]["__CLASS__"].endswith("\\" + kind):
            account = p["getAccount"]
            return p["getRelatedPartyType"]["getName"], account["getIdentification"] if isinstance(account, dict) else None
    return None, None


def camt_faults(expected, info, statements):
    faults = []

    def same(what, a, b):
        if (a or None) != (b or None):
            faults.append(f"{what}: expected {a!r}, is {b!r}")
    header = expected["getGroupHeader"]
    same("message", header["getMessageId"], info["id"])
    same("created", _instant(header["getCreatedOn"]), datetime.datetime.fromisoformat(info["created"]))
    same("recipient", (header["getMessageRecipient"] or {}).get("getName"), info["recipient"])
    # of several statements that program tells the last one's entries only
    entries, record, told = [e for e in expected["getEntries"] if isinstance(e, dict)], None, {}
    same("records", len(expected["getRecords"]), len(statements))
    for e in entries:
        if isinstance(e["getRecord"], dict):
            record = e["getRecord"]
        (s,) = [x for x in statements if x.id == record["getId"]]
        if record["getId"] not in told:
            faults += [f"{s.id}: {f}" for f in camt_record_faults(record, s)]
            same("entries", len(record["getEntries"]), len(s.lines))
        at = told[record["getId"]] = told.get(record["getId"], -1) + 1
        faults += [f"{s.id} {s.lines[at].row}: {f}" for f in camt_entry_faults(e, s.lines[at])]
    return faults if entries else [*faults, "no entries"]


def camt_record_faults(r, s):
    faults = []

    def same(what, a, b):
        if (a or None) != (b or None):
            faults.append(f"{what}: expected {a!r}, is {b!r}")
    same("id", r["getId"], s.id)
    same("account", r["getAccount"]["getIdentification"], s.account)
    same("account name", r["getAccount"].get("getName"), s.account_name)
    same("created", _instant(r["getCreatedOn"]), datetime.datetime.fromisoformat(s.created) if s.created else None)
    same("from", _instant(r["getFromDate"]) and _instant(r["getFromDate"]).date(), s.from_on)
    same("to", _instant(r["getToDate"]) and _instant(r["getToDate"]).date(), s.to_on)
    same("number", r["getElectronicSequenceNumber"] or r["getLegalSequenceNumber"], s.number)
    same("info", r["getAdditionalInformation"], s.info)
    same("copy", bool(r["getCopyDuplicateIndicator"]), s.copy)
    same("balances", len(r["getBalances"]), len(s.balances))
    for want, x in zip(r["getBalances"], s.balances):
        money = want["getAmount"]
        digits = 0 if x.currency == "JPY" else 2
        amount = Decimal(int(money["getAmount"])).scaleb(-2 if money["getCurrency"]["getCode"] != "JPY" else -digits)
        same("balance", (money["getCurrency"]["getCode"], _instant(want["getDate"]).date()), (x.currency, x.on))
        same("balance", amount, x.amount)
        same("balance kind", BALANCES.get(want["getType"], x.code), x.code if x.code != "PRCD" or want["getType"] != "opening" else "OPBD")
    return faults


def camt_code_faults(code, line):
    if not isinstance(code, dict):
        return []
    domain, own, faults = code["getDomain"], code["getProprietary"], []
    if isinstance(domain, dict):
        family = domain["getFamily"] if isinstance(domain["getFamily"], dict) else {}
        want = (domain["getCode"], family.get("getCode"), family.get("getSubFamilyCode"))
        if want != (line.domain, line.family, line.subfamily):
            faults.append(f"code: expected {want}, is {(line.domain, line.family, line.subfamily)}")
    if isinstance(own, dict) and own["getCode"] != line.own_code:
        faults.append(f"own code: expected {own['getCode']!r}, is {line.own_code!r}")
    return faults


def camt_entry_faults(e, line):
    faults = []

    def same(what, a, b):
        if (a or None) != (b or None):
            faults.append(f"{what}: expected {a!r}, is {b!r}")
    same("amount", Decimal(e["getAmount"]["getAmount"]).scaleb(-2), line.amount)
    same("currency", e["getAmount"]["getCurrency"]["getCode"], line.currency)
    same("booked", _instant(e["getBookingDate"]) and _instant(e["getBookingDate"]).date(), None if line.no_date else line.booked)
    same("value", _instant(e["getValueDate"]) and _instant(e["getValueDate"]).date(), line.value)
    same("bank reference", e["getAccountServicerReference"], line.bank_ref)
    same("entry reference", e["getReference"], line.entry_ref)
    same("reversal", e["getReversalIndicator"], line.reversal)
    same("status", e["getStatus"], line.status)
    same("batch", e["getBatchPaymentId"], line.batch)
    same("direction", e["getCreditDebitIndicator"], "CRDT" if line.amount > 0 else "DBIT")
    if e["getAdditionalInfo"] and e["getAdditionalInfo"] not in (line.info or ""):
        faults.append(f"info: expected {e['getAdditionalInfo']!r}, is {line.info!r}")
    faults += camt_code_faults(e["getBankTransactionCode"], line)
    details = [d for d in e["getTransactionDetails"] if d != "__RECURSIVITY__"] or ([e["getTransactionDetail"]] if isinstance(e["getTransactionDetail"], dict) else [])
    same("details", len(e["getTransactionDetails"]), len(line.details))
    for d, ours in zip(details, line.details):
        faults += [f"detail {ours.row}: {f}" for f in camt_detail_faults(d, ours)]
    if len(details) == 1 and line.details:
        faults += [f"line {line.row}: {f}" for f in camt_detail_faults(details[0], line, True)]
    return faults


def camt_detail_faults(d, line, of_line=False):
    faults = []

    def same(what, a, b):
        if (a or None) != (b or None):
            faults.append(f"{what}: expected {a!r}, is {b!r}")
    r = d["getReference"] or {}
    for key, ours in (("getEndToEndId", line.end_to_end), ("getInstructionId", line.customer_ref), ("getMandateId", line.mandate), ("getChequeNumber", line.check_number),
                      ("getPaymentInformationId", line.batch)):
        if r.get(key) or key != "getPaymentInformationId":
            same(key, None if r.get(key) in ("NOTPROVIDED",) else r.get(key), ours)
    if r.get("getAccountServicerReference"):
        same("bank reference", r["getAccountServicerReference"], line.bank_ref)
    for key, name in (("getMessageId", "MsgId"), ("getTransactionId", "TxId"), ("getClearingSystemReference", "ClrSysRef"), ("getUuidEndToEndReference", "UETR")):
        if r.get(key):
            same(key, r[key], line.extra.get(name) if line.extra else None)
    for p in r.get("getProprietaries") or []:
        if isinstance(p, dict):
            same("proprietary", p["getReference"], line.extra.get(p["getType"]))
    same("direction", d["getCreditDebitIndicator"] or ("CRDT" if line.amount >= 0 else "DBIT"), "CRDT" if line.amount >= 0 else "DBIT")
    amount = d["getAmount"]
    if isinstance(amount, dict) and int(amount["getAmount"]) and not of_line:
        money = (abs(Decimal(amount["getAmount"]).scaleb(-2)), amount["getCurrency"]["getCode"])
        if money not in ((abs(line.amount), line.currency), line.original and (abs(line.original.amount), line.original.currency)):
            faults.append(f"amount: expected {money}, is {line.amount} {line.currency}")
    back = d["getReturnInformation"]
    same("returned", isinstance(back, dict), line.returned)
    if isinstance(back, dict):
        same("return reason", back["getCode"], line.return_reason)
    creditor_side = (line.amount < 0) != (line.returned or line.reversal)
    name, account = _party("Creditor" if creditor_side else "Debtor", d)
    same("name", name, line.name)
    same("account", account, line.account)
    ultimate, _ = _party("UltimateCreditor" if creditor_side else "UltimateDebtor", d)
    same("ultimate", ultimate, line.ultimate_name)
    info = d["getRemittanceInformation"]
    if isinstance(info, dict):
        blocks = [b for b in info["getStructuredBlocks"] if isinstance(b, dict)] or ([info["getStructuredBlock"]] if isinstance(info["getStructuredBlock"], dict) else [])
        refs = [b["getCreditorReferenceInformation"] for b in blocks] + [info["getCreditorReferenceInformation"]]
        refs = list(dict.fromkeys(x["getRef"] for x in refs if isinstance(x, dict) and x["getRef"]))
        same("creditor reference", " ".join(refs), line.creditor_ref)
        texts = [b["getMessage"] for b in info["getUnstructuredBlocks"] if isinstance(b, dict)]
        if not texts and isinstance(info["getUnstructuredBlock"], dict):
            texts = [info["getUnstructuredBlock"]["getMessage"]]
        more = [b["getAdditionalRemittanceInformation"] for b in blocks if b.get("getAdditionalRemittanceInformation")]
        same("text", "\n".join(texts + more), line.text)
    else:
        same("text", None, line.text)
    words = d["getAdditionalTransactionInformation"]
    if isinstance(words, dict) and words["getInformation"] and words["getInformation"] not in (line.info or ""):
        faults.append(f"info: expected {words['getInformation']!r}, is {line.info!r}")
    return faults + camt_code_faults(d["getBankTransactionCode"], line)


# ---- ledgers of bills ----------------------------------------------------------------------------------------------------------

def ledger(path):
    """Postings of a plain-text ledger: date, words, notes, accounts with signed amounts."""
    out = []
    with open(path, encoding="utf-8") as f:
        for line in f.read().split("\n"):
            head = re.match(r"(\d{4})/(\d\d)/(\d\d) \* (.*)$", line)
            if head:
                out.append({"on": datetime.date(*map(int, head.groups()[:3])), "words": html.unescape(head[4]).replace("\\", "").strip(" -"), "notes": {}, "postings": []})
                continue
            note = re.match(r'\s+; (\w+): "(.*)"$', line)
            if note:
                out[-1]["notes"][note[1]] = html.unescape(note[2]).replace("\\", "")
                continue
            posting = re.match(r"\s+(\S.*?)\s\s+(-?)\s*([\d.]+) (\w+)$", line)
            if posting:
                out[-1]["postings"].append((posting[1], Decimal(posting[2] + posting[3]), posting[4]))
    return [x for x in out if x["on"].year > 1970]


def ignored(path):
    """Rules of the ledger's maker that leave lines out: lists of {peer, item, txType}."""
    rules, rule = [], None
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r"\s+(- )?(\w+): (.*?)\s*(#.*)?$", line)
            if m and m[1]:
                rule = {}
                rules.append(rule)
            if m and rule is not None:
                rule[m[2]] = m[3]
    return [r for r in rules if r.get("ignore") == "true"]


def bill_faults(expected, rules, own_accounts, statements):
    """Every entry of the ledger is one of our lines with the same figures; every line that is in no entry is left out for a reason."""
    faults, lines = [], [line for s in statements for line in s.lines]
    left = list(lines)
    for x in expected:
        notes, amount = x["notes"], max(abs(a) for _, a, _ in x["postings"])
        if len(x["postings"]) > 2:  # the fee is a posting of its own
            amount = sum(a for _, a, _ in x["postings"] if a > 0)
        found = [line for line in left if x["on"] in (line.booked, line.value) and abs(line.amount) == amount and words_of(line, x)
                 and notes.get("payTime", str(line.booked) + " " + (line.time or "")).startswith((str(line.booked) + " " + (line.time or "")).strip())]
        if not found:
            faults.append(f"{x['on']} {x['words']} {amount}: not read")
            continue
        line = found[0]
        left.remove(line)
        faults += bill_line_faults(x, line, amount, own_accounts)
    for line in left:
        words = f"{line.name} {line.text}"
        rule = any(all(any(w in {"peer": words, "item": line.text or "", "txType": line.info or ""}.get(k, "") for w in v.split(",")) for k, v in r.items() if k != "ignore") for r in rules)
        closed = line.status == "交易关闭" or any(o.status == "交易关闭" and o.id and (line.id or "").startswith(o.id + "_") for o in lines)
        unknown = (line.info or "").startswith("deg-")  # a kind made up to test that program
        if not (rule or closed or unknown):
            faults.append(f"{line.row} {line.booked} {words} {line.amount}: read, and not in the ledger")
    return faults


def words_of(line, x):
    return all(plain(word) in plain(f"{line.name}{line.text}{line.info}/CMB") for word in re.split(r" - | ", x["words"]) if word != "/")


def bill_line_faults(x, line, amount, own_accounts):
    faults, notes = [], x["notes"]

    def same(what, a, b):
        if (None if a == "/" else a or None) != (b or None):
            faults.append(f"{x['on']} {x['words']}: {what}: expected {a!r}, is {b!r}")
    for key, ours in (("category", line.info), ("method", line.method), ("orderId", line.id or line.bank_ref), ("merchantId", line.customer_ref), ("status", line.status), ("txType", line.info),
                      ("peerAccount", line.name), ("peerAccountNum", line.account)):
        if key in notes:
            same(key, notes[key].strip(), ours)
    if "balances" in notes:
        same("balance", Decimal(notes["balances"]), line.balance)
    if notes.get("type") in ("收入", "支出"):
        same("direction", notes["type"], "收入" if line.amount > 0 else "支出")
    elif "type" in notes:
        same("neutral", True, line.neutral)
    for account, signed, currency in x["postings"]:
        if account in own_accounts and not line.neutral:
            same("sign", signed > 0, line.amount > 0)
        same("currency", currency, line.currency)
    fees = [a for account, a, _ in x["postings"] if "Commission" in account]
    same("fee", fees[0] if fees else None, line.fee.amount if line.fee else None)
    return faults
