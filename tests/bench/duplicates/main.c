/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicates among many customers: time, memory, and how many of those that were planted are found.
 *
 *   build/release/bench/bench_duplicates [customers 100000] [seed 7]        the last line is JSON; limits for 100,000: 60 s, 500 MB
 *
 * Names are made: Chinese and Western ones, of a few hundred characters and syllables, so that many are alike. Of each 33 customers one is planted: another
 * spelling of an earlier one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "arcore/arcore.h"

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % below;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *const han[] = { "华", "东", "方", "正", "大", "润", "发", "天", "泰", "康", "宁", "远", "航", "星", "辰", "海", "纳", "百", "川", "金", "源", "鼎", "盛", "永", "昌",
                                   "顺", "达", "利", "丰", "恒", "信", "诚", "益", "嘉", "禾", "瑞", "祥", "广", "宏", "伟", "业", "兴", "隆", "德", "胜", "友", "联", "合", "众", "创",
                                   "新", "锐", "捷", "通", "明", "辉", "煌", "城", "乾", "坤", "龙", "凤", "山", "水", "云", "风", "雷", "电", "春", "秋", "和", "平", "安", "福", "禄" };
static const char *const places[] = { "上海", "北京", "深圳市", "广州", "苏州", "杭州市", "江苏", "浙江省", "成都", "武汉市", "青岛", "厦门" };
static const char *const trades[] = { "科技", "贸易", "电子", "机械设备", "建材", "实业", "供应链管理", "信息技术", "化工", "服装", "医疗器械", "物流" };
static const char *const forms_cn[] = { "有限公司", "股份有限公司", "有限责任公司" };
static const char *const syllables[] = { "ka", "lo", "mi", "ter", "son", "ber", "va", "nor", "di", "quin", "sta", "wel", "gra", "pol", "fen", "ro", "zu", "bel", "har", "ten", "sch", "mann",
                                         "berg", "lin", "den", "ost", "ard", "ric", "ham", "ford" };
static const char *const words[] = { "Trading", "Industries", "Technologies", "Group", "International", "Logistik", "Services", "Holding", "Maschinenbau", "Foods" };
static const char *const forms[] = { "GmbH", "Ltd", "Inc", "S.p.A.", "B.V.", "AG", "LLC", "SARL" };

#define PICK(list) list[draw(sizeof list / sizeof list[0])]

static void make(char *s)
{
    *s = 0;
    if (draw(10) < 6) {
        strcat(s, PICK(places));
        for (uint64_t n = 2 + draw(3); n > 0; n--) strcat(s, PICK(han));
        strcat(s, PICK(trades));
        strcat(s, PICK(forms_cn));
        return;
    }
    for (uint64_t w = 1 + draw(2); w > 0; w--) {
        size_t at = strlen(s);
        for (uint64_t n = 2 + draw(2); n > 0; n--) strcat(s, PICK(syllables));
        s[at] = (char)(s[at] - 'a' + 'A');
        strcat(s, " ");
    }
    strcat(s, PICK(words));
    strcat(s, " ");
    strcat(s, PICK(forms));
}

/* Another spelling: the legal form in brackets' company, a letter missing, the words turned round, capitals. */
static void spoil(char *out, const char *s)
{
    size_t n = strlen(s), at;
    const char *end = strrchr(s, ' ');
    strcpy(out, s);
    if (!end) { /* Chinese */
        size_t place = strncmp(s + 6, "市", 3) == 0 || strncmp(s + 6, "省", 3) == 0 ? 9 : 6;
        const char *legal = strstr(s, "股份");
        if (legal) memmove(out + (legal - s), legal + 6, n - (size_t)(legal - s) - 5);
        else sprintf(out, "%s（%.6s）", s + place, s);
        return;
    }
    switch (draw(4)) {
    case 0:
        at = 1 + draw((uint64_t)(strchr(s, ' ') - s - 1));
        memmove(out + at, out + at + 1, n - at);
        break;
    case 1: sprintf(out, "%s, %.*s", end + 1, (int)(end - s), s); break;
    case 2:
        for (char *c = out; *c; c++) *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        break;
    default: out[end - s] = 0;
    }
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000, planted = 0, found = 0, count = 0;
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 7;
    char (*names)[160] = calloc(n, sizeof *names);
    size_t *of = calloc(n, sizeof *of);
    arc_context *ctx;
    arc_name_index *ix;
    struct rusage before, after;
    if (!names || !of || arc_context_new(&ctx, NULL) != ARC_OK || arc_name_index_new(ctx, &ix) != ARC_OK) return 1;
    for (size_t i = 0; i < n; i++) {
        if (i % 33 == 32) spoil(names[i], names[of[i] = draw(i / 33 + 1) * 33 + draw(32)]);
        else make(names[i]);
    }
    getrusage(RUSAGE_SELF, &before);
    double start = now();
    for (size_t i = 0; i < n; i++) {
        if (arc_name_index_add(ix, (int64_t)i, names[i], SIZE_MAX, NULL) != ARC_OK) return 1;
    }
    double added = now();
    if (arc_name_index_find_pairs(ix, &count, ARC_NAME_LIKELY, NULL, NULL) != ARC_OK) return 1;
    double done = now();
    getrusage(RUSAGE_SELF, &after);
    int64_t *group = malloc(n * sizeof *group);
    for (size_t i = 0; i < n; i++) group[i] = (int64_t)i;
    for (size_t i = 0; i < count; i++) {
        arc_name_pair p = ARC_NAME_PAIR_INIT;
        if (arc_name_index_get_pair(ix, &p, i) != ARC_OK) return 1;
        group[p.a] = group[p.b] = p.group;
    }
    for (size_t i = 32; i < n; i += 33) {
        planted++;
        found += group[i] == group[of[i]];
    }
    double search = now();
    for (size_t i = 0; i < 1000; i++) {
        arc_name_match m = ARC_NAME_MATCH_INIT;
        size_t room = 1;
        if (arc_name_index_search(ix, &m, &room, names[i * (n / 1000)], SIZE_MAX, NULL, 0) != ARC_OK) return 1;
    }
    search = now() - search;
    printf("{\"customers\": %zu, \"seed\": %s, \"add_s\": %.2f, \"pairs_s\": %.2f, \"pairs\": %zu, \"planted\": %zu, \"found\": %.4f, \"search_ms\": %.3f, \"index_mb\": %ld, \"peak_mb\": %ld}\n", n,
           argc > 2 ? argv[2] : "7", added - start, done - added, count, planted, planted ? (double)found / (double)planted : 1.0, search, (after.ru_maxrss - before.ru_maxrss) / 1024,
           after.ru_maxrss / 1024);
    arc_context_free(ctx);
    free(group);
    free(names);
    free(of);
    return 0;
}
