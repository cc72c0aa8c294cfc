/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: words into a command, its options and its arguments. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

const char *cli_get_at(const cli *c, const char *name, uint32_t i)
{
    for (uint32_t g = 0; g < c->n_given; g++) {
        if (strcmp(c->given[g].option->name, name) == 0 && i-- == 0) return c->given[g].value;
    }
    return NULL;
}

const char *cli_get(const cli *c, const char *name)
{
    for (uint32_t g = c->n_given; g > 0; g--) {
        if (strcmp(c->given[g - 1].option->name, name) == 0) return c->given[g - 1].value;
    }
    return NULL;
}

int cli_has(const cli *c, const char *name) { return cli_get(c, name) != NULL; }

int cli_number(cli *c, int64_t *out, const char *name, int64_t least, int64_t most)
{
    const char *s = cli_get(c, name);
    if (!s) return CLI_OK;
    int64_t v = 0;
    size_t n = strlen(s);
    int good = n > 0 && n <= 18;
    for (size_t i = 0; i < n && good; i++) {
        good = s[i] >= '0' && s[i] <= '9';
        v = v * 10 + (s[i] - '0');
    }
    if (!good || v < least || v > most) {
        return cli_usage(c, "--%s takes a number from %lld to %lld, not %s", "--%s 须为 %lld 至 %lld 的整数，而不是 %s", name,
                         (long long)least, (long long)most, s);
    }
    *out = v;
    return CLI_OK;
}

int cli_choice(const char *choices, const char *word)
{
    size_t n = strlen(word);
    int place = 0;
    for (const char *p = choices; *p; place++) {
        size_t k = strcspn(p, "|");
        if (k == n && memcmp(p, word, n) == 0) return place;
        p += k + (p[k] == '|');
    }
    return -1;
}

/* Capital letters stand for what the caller makes up. */
int cli_is_choice(const cli_option *o) { return o->arg && strchr(o->arg, '|') && o->arg[0] >= 'a' && o->arg[0] <= 'z'; }

const cli_command *cli_find_command(const char *first, const char *second, int *words)
{
    size_t n = strlen(first);
    const cli_command *one = NULL; /* the longer name wins: match, and match learn */
    for (const cli_command *k = cli_commands; k->name; k++) {
        if (strcmp(k->name, first) == 0) one = k;
        *words = 2;
        if (second && strncmp(k->name, first, n) == 0 && k->name[n] == ' ' && strcmp(k->name + n + 1, second) == 0) return k;
    }
    *words = 1;
    return one;
}

/* ---- what was meant ---- */

#define LONGEST 32

/* Edits from a to b; large when one of them is too long to be told apart. */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    int row[LONGEST + 1];
    if (n > LONGEST || m > LONGEST) return LONGEST;
    for (size_t j = 0; j <= m; j++) row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            int shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < shift ? change : shift;
        }
    }
    return row[m];
}

static void nearer(const char **best, int *least, const char *name, const char *word)
{
    int d = distance(name, word);
    if (d < *least) {
        *least = d;
        *best = name;
    }
}

static int unknown_option(cli *c, const char *word, size_t n)
{
    char *name = cli_alloc(NULL, n + 1);
    const char *best = NULL;
    int least = 3;
    memcpy(name, word, n);
    name[n] = 0;
    for (const cli_option *o = c->command ? c->command->options : NULL; o && o->name; o++) nearer(&best, &least, o->name, name);
    for (const cli_option *o = cli_globals; o->name; o++) nearer(&best, &least, o->name, name);
    int code = best ? cli_usage(c, "unknown option --%s; did you mean --%s?", "未知选项 --%s；是否指 --%s？", name, best)
                    : cli_usage(c, "unknown option --%s", "未知选项 --%s", name);
    free(name);
    return code;
}

static int unknown_command(cli *c, const char *first, const char *second)
{
    const char *best = NULL;
    int least = 3;
    size_t n = strlen(first);
    for (const cli_command *k = cli_commands; k->name; k++) {
        if (strncmp(k->name, first, n) == 0 && k->name[n] == ' ') {
            return second ? cli_usage(c, "%s has no %s", "%s 下没有 %s", first, second)
                          : cli_usage(c, "%s what? It needs a second word", "%s 后还需要一个词", first);
        }
        nearer(&best, &least, k->name, first);
    }
    return best ? cli_usage(c, "there is no command %s; did you mean %s?", "没有命令 %s；是否指 %s？", first, best)
                : cli_usage(c, "there is no command %s", "没有命令 %s", first);
}

/* ---- reading ---- */

static const cli_option *find_option(const cli_command *command, const char *name, size_t n, char letter)
{
    const cli_option *lists[] = { command ? command->options : NULL, cli_globals };
    for (int l = 0; l < 2; l++) {
        for (const cli_option *o = lists[l]; o && o->name; o++) {
            if (letter ? o->letter == letter : strlen(o->name) == n && memcmp(o->name, name, n) == 0) return o;
        }
    }
    return NULL;
}

static int take(cli *c, const cli_option *o, const char *value)
{
    if (c->n_given == CLI_MAX_GIVEN) return cli_usage(c, "too many options", "选项过多");
    if (cli_is_choice(o) && cli_choice(o->arg, value) < 0) {
        return cli_usage(c, "--%s takes %s, not %s", "--%s 须为 %s，而不是 %s", o->name, o->arg, value);
    }
    c->given[c->n_given].option = o;
    c->given[c->n_given++].value = value;
    return CLI_OK;
}

/* An option at argv[*i]; *i moves over its value. */
static int read_option(cli *c, int argc, char **argv, int *i)
{
    const char *word = argv[*i];
    int is_long = word[1] == '-';
    const char *name = word + 1 + is_long, *value = is_long ? strchr(name, '=') : NULL;
    size_t n = value ? (size_t)(value - name) : strlen(name);
    const cli_option *o = find_option(c->command, name, n, is_long ? 0 : word[1]);
    if (!o) return is_long ? unknown_option(c, name, n) : cli_usage(c, "unknown option -%c", "未知选项 -%c", word[1]);
    if (!o->arg) {
        if (value || (!is_long && word[2])) return cli_usage(c, "--%s takes no value", "--%s 不带值", o->name);
        return take(c, o, "");
    }
    if (value) return take(c, o, value + 1);
    if (!is_long && word[2]) return take(c, o, word + 2);
    if (*i + 1 >= argc) return cli_usage(c, "--%s needs a value: %s", "--%s 需要一个值：%s", o->name, o->arg);
    return take(c, o, argv[++*i]);
}

static int is_option(const char *word) { return word[0] == '-' && word[1] != 0; }

/* Place of the first word that is neither an option nor the value of one; argc when there is none. Options of commands stand behind
 * their command, so only the general ones can stand before it. */
static int first_word(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (!is_option(argv[i])) return i;
        if (strcmp(argv[i], "--") == 0) return i + 1 < argc ? i + 1 : argc;
        int is_long = argv[i][1] == '-';
        const cli_option *o = find_option(NULL, argv[i] + 1 + is_long, strlen(argv[i] + 1 + is_long), is_long ? 0 : argv[i][1]);
        if (o && o->arg && (is_long || !argv[i][2])) i++;
    }
    return argc;
}

static int read_words(cli *c, int argc, char **argv, int first, int second)
{
    int code = CLI_OK, all = 0;
    for (int i = 1; i < argc && code == CLI_OK; i++) {
        if (i == first || i == second) continue;
        if (!all && strcmp(argv[i], "--") == 0) {
            all = 1;
        } else if (!all && is_option(argv[i])) {
            code = read_option(c, argc, argv, &i);
        } else if (c->n_args == CLI_MAX_GIVEN) {
            code = cli_usage(c, "too many arguments", "参数过多");
        } else {
            c->args[c->n_args++] = argv[i];
        }
    }
    return code;
}

/* The language first: faults of the command line are told in it. */
static void choose_language(cli *c, int argc, char **argv)
{
    static const char *const names[] = { "ARCORE_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *lang = NULL;
    for (int i = 0; i < 4 && !(lang && *lang); i++) lang = getenv(names[i]);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0) lang = argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) lang = argv[i + 1];
    }
    c->zh = lang && strncmp(lang, "zh", 2) == 0;
}

int cli_parse(cli *c, int argc, char **argv, int *done)
{
    int words = 1;
    *done = 1;
    choose_language(c, argc, argv);
    int first = first_word(argc, argv, 1), second = first < argc ? first_word(argc, argv, first + 1) : argc;
    if (first < argc) {
        c->command = cli_find_command(argv[first], second < argc ? argv[second] : NULL, &words);
        if (!c->command) return unknown_command(c, argv[first], second < argc ? argv[second] : NULL);
    }
    int code = read_words(c, argc, argv, first, words == 2 ? second : -1);
    if (code != CLI_OK) return code;
    if (cli_has(c, "help") || !c->command) {
        int asked = cli_has(c, "help");
        code = out_open(c, NULL);
        if (code == CLI_OK && !asked && cli_has(c, "version")) {
            *done = 0;
            c->command = cli_find_command("version", NULL, &words);
            return out_close(c, 1);
        }
        help_usage(c);
        code = out_close(c, 1);
        return asked || code != CLI_OK ? code : CLI_USAGE;
    }
    if (c->n_args < c->command->min_args) return cli_usage(c, "%s needs %s", "%s 需要 %s", c->command->name, c->command->args);
    if (c->n_args > c->command->max_args) {
        return cli_usage(c, "%s: %s is one argument too many", "%s：多余的参数 %s", c->command->name, c->args[c->command->max_args]);
    }
    const char *format = cli_get(c, "format");
    c->format = format ? cli_choice("table|csv|json", format) : CLI_TABLE;
    *done = 0;
    return CLI_OK;
}
