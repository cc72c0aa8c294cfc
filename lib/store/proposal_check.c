/* SPDX-License-Identifier: Apache-2.0 */
/* A proposal's counters and its status follow from its lines: recomputed by merging both in the order of ids. */
#include <string.h>

#include "store/proposal.h"
#include "store/stream.h"

static const char head_fields[] = "id status n_draft n_approved n_applied n_stale n_rejected n_expired";
static const char *const counters[6] = { "n_draft", "n_approved", "n_applied", "n_stale", "n_rejected", "n_expired" };
enum { H_ID, H_STATUS, H_COUNTS };
static const char line_fields[] = "proposal seq status";
enum { L_PROPOSAL, L_SEQ, L_STATUS };

/* Lines of the proposal, by status; lines of smaller ids point at nothing, which the check of references tells. */
static arc_status count_lines(arci_verify *v, arci_stream *lines, int64_t id, int64_t *counts)
{
    arc_status st = ARC_OK;
    int64_t seq = 0;
    while (st == ARC_OK && lines->row && lines->row[L_PROPOSAL].u.i <= id) {
        uint8_t status = arci_p_status_of(&lines->row[L_STATUS]);
        if (lines->row[L_PROPOSAL].u.i == id) {
            if (status < ARCI_P_STATUSES) counts[status]++;
            if (lines->row[L_SEQ].u.i != ++seq) {
                st = arci_finding(v, "proposal", "seq", id, "line %lld stands where line %lld should", "第 %lld 行应为第 %lld 行", (long long)lines->row[L_SEQ].u.i,
                                  (long long)seq);
                seq = lines->row[L_SEQ].u.i;
            }
        }
        if (st == ARC_OK) st = arci_stream_next(lines);
    }
    return st;
}

static arc_status check_one(arci_verify *v, const arc_value *head, const int64_t *lines)
{
    arc_status st = ARC_OK;
    for (uint32_t k = 0; k < 6 && st == ARC_OK; k++) {
        int64_t is = head[H_COUNTS + k].u.i, should = lines[arci_p_counted[k]];
        if (is != should) st = arci_finding(v, "proposal", counters[k], head[H_ID].u.i, "is %lld, recomputed %lld", "现值 %lld，重算值 %lld", (long long)is, (long long)should);
    }
    uint8_t status = arci_p_status_by(lines);
    if (st != ARC_OK || arci_p_status_of(&head[H_STATUS]) == status) return st;
    return arci_finding(v, "proposal", "status", head[H_ID].u.i, "its lines come to %s", "按各行应为 %s", arci_p_status[status]);
}

arc_status arci_proposal_verify(arci_verify *v, arci_txn *t)
{
    arci_stream heads, lines;
    memset(&lines, 0, sizeof lines);
    arc_status st = arci_stream_open(t, v, &heads, "proposal", head_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &lines, "proposal_line", line_fields, "seq");
    while (st == ARC_OK && heads.row) {
        int64_t counts[ARCI_P_STATUSES] = { 0 };
        st = count_lines(v, &lines, heads.row[H_ID].u.i, counts);
        if (st == ARC_OK) st = check_one(v, heads.row, counts);
        if (st == ARC_OK) st = arci_stream_next(&heads);
    }
    arci_stream_close(&heads);
    arci_stream_close(&lines);
    return st;
}
