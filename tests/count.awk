# SPDX-License-Identifier: Apache-2.0
# usage: awk -f count.awk CONSOLE LastTest.log       (both of one run of ctest: the console has the verdicts, the log the cases)
# Prints "passed failed skipped" and one line for every failed or skipped case.
# A program of cmocka cases counts its cases; one that fails otherwise (crash, leak at exit, time-out) counts one failure more
# for itself, and the cases it did not reach count as failed. Every other test counts one.

function has(pattern) { return match($0, pattern) }

function count(pattern,    n, rest) {
    n = 0
    rest = $0
    while (match(rest, pattern)) {
        n++
        rest = substr(rest, RSTART + RLENGTH)
    }
    return n
}

function finish(    bad, status) {
    if (name == "") return
    status = verdict[name]
    if (groups) {
        bad = announced - ok - skipped_here
        if (bad < 0) bad = 0
        if (!bad && status != "Passed") bad = 1
        passed += ok
        skipped += skipped_here
        failed += bad
        if (bad) faults = faults "FAILED   " name ": " bad " of " announced "\n"
    } else if (status == "Passed") {
        passed++
    } else if (status == "Skipped") {
        skipped++
        faults = faults "SKIPPED  " name "\n"
    } else {
        failed++
        faults = faults "FAILED   " name "\n"
    }
    name = ""
}

# " 3/12 Test  #3: unit_base_json .......   Passed    0.15 sec"
FNR == NR {
    if (match($0, /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: [^ ]+/)) {
        line = substr($0, RSTART, RLENGTH)
        sub(/.* /, "", line)
        verdict[line] = / Passed +[0-9.]+ sec/ ? "Passed" : /\*\*\*Skipped/ ? "Skipped" : "Failed"
    }
    next
}

/^[0-9]+\/[0-9]+ Testing: / {
    finish()
    name = $0
    sub(/^[0-9]+\/[0-9]+ Testing: /, "", name)
    groups = announced = ok = skipped_here = running = 0
    next
}

has("\\[==========\\] Running [0-9]+ test\\(s\\)") {
    line = substr($0, RSTART, RLENGTH)
    gsub(/[^0-9]/, "", line)
    groups++
    announced += line
    running = 1
}

/^\[==========\] [0-9]+ test\(s\) run/ { running = 0 } # the summary below it names cases again

running {
    ok += count("\\[       OK \\] [A-Za-z_]")
    n = count("\\[  SKIPPED \\] [A-Za-z_][A-Za-z0-9_]*")
    if (n) {
        skipped_here += n
        line = $0
        sub(/.*\[  SKIPPED \] /, "", line)
        faults = faults "SKIPPED  " name ": " line "\n"
    }
}

/^SKIPPED: / { faults = faults "         " $0 "\n" }

END {
    finish()
    printf "%d %d %d\n%s", passed, failed, skipped, faults
}
