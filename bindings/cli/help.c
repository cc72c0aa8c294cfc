/* SPDX-License-Identifier: Apache-2.0 */
/* Help, the man page and completions: all read from the table in commands.c. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void add(cli *c, const char *s) { out_write(c, s, strlen(s)); }

static const struct {
    const char *code, *en, *zh;
} exit_codes[] = {
    { "0", "done", "完成" },
    { "1", "refused, or something was found: bad rows, findings", "被拒绝，或有发现：错误行、校验问题" },
    { "2", "the command line is wrong", "命令行有误" },
    { "3", "the environment: file, disk, store, memory", "环境问题：文件、磁盘、存储、内存" },
    { "4", "somebody else is at work: try again", "他人正在操作，请重试" },
    { "5", "whether it was committed is not known", "是否已提交无法确定" },
    { "130", "interrupted (SIGINT; 143 SIGTERM, 129 SIGHUP); nothing is left half done", "被中断（SIGINT；143 为 SIGTERM，129 为 SIGHUP），不留下未完成的内容" },
    { "141", "the reader of the output went away", "输出的读取方已关闭" },
};
#define N_EXIT_CODES (sizeof exit_codes / sizeof *exit_codes)

/* ---- help ---- */

/* Text broken into lines on a terminal of 100 columns; spaces are where it may break, and so is every wide character. */
void out_wrapped(cli *c, const char *text, int indent)
{
    cli_text t = { NULL, 0, 0 };
    int room = 98 - indent, at = 0;
    for (const char *p = text; *p;) {
        size_t n = (unsigned char)*p >= 0xf0 ? 4 : (unsigned char)*p >= 0xe0 ? 3 : strcspn(p, " \xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xef");
        if (!n) n = 1;
        if (n > strlen(p)) n = strlen(p);
        int w = text_width(p, n);
        if (at + w > room && *p != ' ') {
            while (t.n && t.s[t.n - 1] == ' ') t.n--;
            text_format(&t, "\n%*s", indent, "");
            at = 0;
        }
        if (at || *p != ' ') {
            text_add(&t, p, n);
            at += w;
        }
        p += n;
    }
    text_str(&t, "\n");
    add(c, t.s);
    text_free(&t);
}

static void left_part(cli *c, const char *s, int width)
{
    cli_text t = { NULL, 0, 0 };
    int w = text_width(s, strlen(s));
    text_format(&t, "%s%*s", s, w < width ? width - w : 0, "");
    if (w >= width) text_format(&t, "\n%*s", width, "");
    add(c, t.s);
    text_free(&t);
}

static void option_lines(cli *c, const cli_option *o)
{
    for (; o->name; o++) {
        cli_text t = { NULL, 0, 0 };
        if (o->letter) {
            text_format(&t, "  -%c, --%s", o->letter, o->name);
        } else {
            text_format(&t, "      --%s", o->name);
        }
        if (o->arg) text_format(&t, " %s", o->arg);
        left_part(c, t.s, 30);
        text_free(&t);
        out_wrapped(c, cli_say(c, o->en, o->zh), 30);
    }
}

static void all_commands(cli *c)
{
    out_line(c, "arcore - accounts receivable on the command line", "arcore - 命令行应收账款工具");
    out_line(c, "\nUsage: arcore COMMAND [ARGUMENT]... [OPTION]...\n\nCommands:", "\n用法：arcore 命令 [参数]… [选项]…\n\n命令：");
    for (const cli_command *k = cli_commands; k->name; k++) {
        cli_text t = { NULL, 0, 0 };
        text_format(&t, "  %s %s", k->name, k->args);
        left_part(c, t.s, 30);
        text_free(&t);
        out_wrapped(c, cli_say(c, k->en, k->zh), 30);
    }
    out_line(c, "\nOptions of all commands:", "\n通用选项：");
    option_lines(c, cli_globals);
    out_line(c, "\nExit codes:", "\n退出码：");
    for (size_t i = 0; i < N_EXIT_CODES; i++) {
        cli_text t = { NULL, 0, 0 };
        text_format(&t, "  %s", exit_codes[i].code);
        left_part(c, t.s, 8);
        text_free(&t);
        out_wrapped(c, cli_say(c, exit_codes[i].en, exit_codes[i].zh), 8);
    }
    out_line(c, "\n`arcore help COMMAND` shows the options of a command.", "\n`arcore help 命令` 显示该命令的选项。");
}

void help_usage(cli *c)
{
    const cli_command *k = c->command;
    if (!k) {
        all_commands(c);
        return;
    }
    out_line(c, "arcore %s - %s", "arcore %s - %s", k->name, cli_say(c, k->en, k->zh));
    out_line(c, "\nUsage: arcore %s%s%s [OPTION]...", "\n用法：arcore %s%s%s [选项]…", k->name, k->args[0] ? " " : "", k->args);
    if (k->about[0]) {
        add(c, "\n");
        out_wrapped(c, cli_say(c, k->about, k->about_zh), 0);
    }
    if (k->options[0].name) out_line(c, "\nOptions:", "\n选项：");
    option_lines(c, k->options);
    out_line(c, "\nOptions of all commands:", "\n通用选项：");
    option_lines(c, cli_globals);
}

int cmd_help(cli *c)
{
    int words = 0;
    c->command = NULL;
    if (c->n_args) {
        c->command = cli_find_command(c->args[0], c->n_args > 1 ? c->args[1] : NULL, &words);
        if (!c->command || (uint32_t)words < c->n_args) return cli_usage(c, "there is no command %s", "没有命令 %s", c->args[c->n_args - 1]);
    }
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    help_usage(c);
    return out_close(c, 1);
}

/* ---- the man page ---- */

/* Text in troff: a backslash and a minus are themselves, a line does not begin with a request. */
static void roff(cli_text *t, const char *s)
{
    if (*s == '.' || *s == '\'') text_str(t, "\\&");
    for (; *s; s++) {
        if (*s == '\\' || *s == '-') text_add(t, "\\", 1);
        if (*s == '\\') {
            text_add(t, "e", 1);
        } else {
            text_add(t, s, 1);
        }
    }
}

static void roff_options(cli_text *t, const cli_option *o)
{
    for (; o->name; o++) {
        text_str(t, ".TP\n");
        if (o->letter) text_format(t, "\\fB\\-%c\\fR, ", o->letter);
        text_str(t, "\\fB\\-\\-");
        roff(t, o->name);
        text_str(t, "\\fR");
        if (o->arg) {
            text_str(t, " \\fI");
            roff(t, o->arg);
            text_str(t, "\\fR");
        }
        text_str(t, "\n");
        roff(t, o->en);
        text_str(t, "\n");
    }
}

static void roff_commands(cli_text *t)
{
    for (const cli_command *k = cli_commands; k->name; k++) {
        text_str(t, ".SS \"");
        roff(t, k->name);
        if (k->args[0]) text_str(t, " ");
        roff(t, k->args);
        text_str(t, "\"\n");
        cli_text line = { NULL, 0, 0 };
        text_format(&line, "%c%s.", k->en[0] - 'a' + 'A', k->en + 1);
        roff(t, line.s);
        text_free(&line);
        text_str(t, "\n");
        if (k->about[0]) {
            roff(t, k->about);
            text_str(t, "\n");
        }
        roff_options(t, k->options);
    }
}

static const char man_tail[] =
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBARCORE_BOOK\\fR\nThe book, when \\fB\\-\\-book\\fR is not given.\n"
    ".TP\n\\fBARCORE_ACTOR\\fR\nWho acts, when \\fB\\-\\-actor\\fR is not given.\n"
    ".TP\n\\fBARCORE_KEY_FILE\\fR\nThe file with the keys of sealed books, when \\fB\\-\\-key\\-file\\fR is not given.\n"
    ".TP\n\\fBARCORE_SEAL_KEY_FILE\\fR\nThe file with the key of the seals, when \\fB\\-\\-seal\\-key\\-file\\fR is not given.\n"
    ".TP\n\\fBARCORE_LANG\\fR, \\fBLC_ALL\\fR, \\fBLC_MESSAGES\\fR, \\fBLANG\\fR\n"
    "The language, when \\fB\\-\\-lang\\fR is not given: Chinese when the first that is set begins with zh.\n"
    ".SH EXAMPLES\n.nf\n"
    "arcore create company.arc \\-\\-name 'Example Company'\n"
    "export ARCORE_BOOK=company.arc\n"
    "arcore import invoices.csv \\-\\-dry\\-run\n"
    "arcore import invoices.csv\n"
    "arcore aging \\-\\-as\\-of 2026\\-06\\-30\n"
    "arcore query item_state \\-\\-where 'open > 1000 CNY' \\-\\-where 'due_date < today' \\-\\-order \\-open\n"
    "arcore query invoice \\-\\-group currency \\-\\-count \\-\\-sum gross_amount \\-\\-format csv\n"
    "arcore backup company\\-backup.arc && arcore restore company\\-backup.arc copy.arc\n"
    ".fi\n"
    ".SH FILES\n"
    "A book in SQLite is one file with companions (\\-wal, \\-shm, \\-arclock): copy it with \\fBarcore backup\\fR, never by hand.\n"
    ".SH SEE ALSO\n"
    "\\fBsqlite3\\fR(1), docs/cli.md and docs/import.md of libarcore.\n";

int cmd_man(cli *c)
{
    cli_text t = { NULL, 0, 0 };
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    text_format(&t, ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made by `arcore man`; do not edit.\n.TH ARCORE 1 \"\" \"arcore %s\" \"User Commands\"\n",
                ARC_VERSION_STRING);
    text_str(&t, ".SH NAME\narcore \\- accounts receivable on the command line\n"
                 ".SH SYNOPSIS\n\\fBarcore\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]... [\\fIOPTION\\fR]...\n"
                 ".SH DESCRIPTION\nKeeps a company's receivables in a book: a SQLite file, or a database. Every command opens the book, does one thing, "
                 "wholly or not at all, and closes it.\nRows go to standard output, everything else to standard error; progress is shown on a terminal only.\n"
                 ".SH COMMANDS\n");
    roff_commands(&t);
    text_str(&t, ".SH \"OPTIONS OF ALL COMMANDS\"\n");
    roff_options(&t, cli_globals);
    text_str(&t, ".SH \"EXIT STATUS\"\n");
    for (size_t i = 0; i < N_EXIT_CODES; i++) text_format(&t, ".TP\n%s\n%s\n", exit_codes[i].code, exit_codes[i].en);
    text_str(&t, man_tail);
    out_write(c, t.s, t.n);
    text_free(&t);
    return out_close(c, 1);
}

/* ---- completions ---- */

static void option_words(cli_text *t, const cli_option *o)
{
    for (; o->name; o++) {
        text_format(t, " --%s", o->name);
        if (o->letter) text_format(t, " -%c", o->letter);
    }
}

/* What stands behind an option: its words, a file, an entity. */
static void value_words(cli_text *t, const cli_option *o)
{
    for (; o->name; o++) {
        int words = cli_is_choice(o);
        if (!o->arg || (!words && !o->hint)) continue;
        text_format(t, "        --%s", o->name);
        if (o->letter) text_format(t, "|-%c", o->letter);
        if (words) {
            text_str(t, ") values='");
            for (const char *p = o->arg; *p; p++) text_add(t, *p == '|' ? " " : p, 1);
            text_str(t, "' ;;\n");
        } else {
            text_str(t, o->hint == 'f' ? ") files=1 ;;\n" : ") values=$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//') ;;\n");
        }
    }
}

static void completion_commands(cli_text *t)
{
    for (const cli_command *k = cli_commands; k->name; k++) {
        text_format(t, "    '%s')\n        options='", k->name);
        cli_text words = { NULL, 0, 0 };
        option_words(&words, k->options);
        text_str(t, words.n ? words.s + 1 : "");
        text_free(&words);
        text_str(t, "'\n");
        if (k->hint == 'f') text_str(t, "        files=1\n");
        if (k->hint == 'e') text_str(t, "        entity=1\n");
        if (strcmp(k->name, "completion") == 0) text_str(t, "        arguments='bash zsh'\n");
        if (strcmp(k->name, "help") == 0) text_str(t, "        arguments=$commands\n");
        text_str(t, "        case $before in\n");
        value_words(t, k->options);
        text_str(t, "        esac ;;\n");
    }
}

static void first_words(cli_text *t, const char *group)
{
    size_t n = group ? strlen(group) : 0;
    const char *last = "";
    for (const cli_command *k = cli_commands; k->name; k++) {
        size_t w = strcspn(k->name, " ");
        if (group && (strncmp(k->name, group, n) != 0 || k->name[n] != ' ')) continue;
        if (!group && strncmp(last, k->name, w) == 0 && strcspn(last, " ") == w) continue;
        if (!group && k != cli_commands) text_add(t, " ", 1);
        if (group && last[0]) text_add(t, " ", 1);
        text_add(t, group ? k->name + n + 1 : k->name, group ? SIZE_MAX : w);
        last = k->name;
    }
}

/* One `case` line for each first word that needs a second. */
static void groups(cli_text *t)
{
    const char *last = "";
    for (const cli_command *k = cli_commands; k->name; k++) {
        size_t w = strcspn(k->name, " ");
        if (!k->name[w] || (strncmp(last, k->name, w) == 0 && strcspn(last, " ") == w)) continue;
        char group[32];
        memcpy(group, k->name, w);
        group[w] = 0;
        text_format(t, "    '%s') commands='", group);
        first_words(t, group);
        text_str(t, "' ;;\n");
        last = k->name;
    }
}

static const char completion_head[] =
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command='' values='' files='' entity='' options='' arguments='' n=0 i w skip=''\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        w=${COMP_WORDS[i]}\n"
    "        if [[ -n $skip ]]; then skip=''; continue; fi\n"
    "        case $w in\n";

static const char completion_tail[] =
    "    esac\n"
    "    COMPREPLY=()\n"
    "    if [[ -n $values ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
    "    elif [[ $word == -* ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$options $globals\" -- \"$word\"))\n"
    "    elif [[ -n $arguments ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$arguments\" -- \"$word\"))\n"
    "    elif [[ -n $entity ]]; then\n"
    "        COMPREPLY=($(compgen -W \"$(arcore schema --format csv 2>/dev/null | sed '1d;s/,.*//')\" -- \"$word\"))\n"
    "    elif [[ -n $files ]]; then\n"
    "        ";

static const char bash_end[] =
    "local IFS=$'\\n'\n"
    "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
    "    fi\n"
    "}\n"
    "complete -F _arcore -o filenames arcore\n";

/* zsh runs the same function with arrays that count from 0, and shows what it found. */
static const char zsh_end[] =
    "want_files=1\n"
    "    fi\n"
    "}\n"
    "local -a COMP_WORDS COMPREPLY\n"
    "local COMP_CWORD=$((CURRENT - 1)) want_files=''\n"
    "COMP_WORDS=(\"${words[@]}\")\n"
    "_arcore_words\n"
    "[[ -n $want_files ]] && _files\n"
    "(( ${#COMPREPLY} )) && compadd -- \"${COMPREPLY[@]}\"\n";

static void with_value(cli_text *t, const cli_option *o)
{
    for (; o->name; o++) {
        if (!o->arg) continue;
        text_format(t, "|--%s", o->name);
        if (o->letter) text_format(t, "|-%c", o->letter);
    }
}

static void completion_script(cli_text *t)
{
    cli_text globals = { NULL, 0, 0 }, skip = { NULL, 0, 0 };
    text_str(t, completion_head);
    with_value(&skip, cli_globals);
    text_format(t, "        %s) skip=1 ;;\n        -*) ;;\n        *) if ((n < 2)); then command=\"${command:+$command }$w\"; n=$((n + 1)); fi ;;\n"
                   "        esac\n    done\n",
                skip.s + 1);
    text_str(t, "    local commands='");
    first_words(t, NULL);
    option_words(&globals, cli_globals);
    text_format(t, "'\n    local globals='%s'\n    local first=${command%%%% *}\n    case $first in\n", globals.s + 1);
    groups(t);
    text_str(t, "    *) [[ -n $command ]] && command=$first ;;\n    esac\n    case $before in\n");
    value_words(t, cli_globals);
    text_str(t, "    esac\n    case $command in\n");
    completion_commands(t);
    text_str(t, "    *) arguments=$commands ;;\n");
    text_str(t, completion_tail);
    text_free(&globals);
    text_free(&skip);
}

int cmd_completion(cli *c)
{
    int shell = cli_choice("bash|zsh", c->args[0]);
    if (shell < 0) return cli_usage(c, "there are completions for bash and zsh, not for %s", "只有 bash 与 zsh 的补全，没有 %s", c->args[0]);
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    cli_text t = { NULL, 0, 0 };
    if (shell == 1) text_str(&t, "#compdef arcore\n");
    text_str(&t, "# SPDX-License-Identifier: Apache-2.0\n# Made by `arcore completion`; do not edit.\n");
    text_str(&t, shell == 1 ? "autoload -U +X bashcompinit && bashcompinit\n_arcore_words() {\n    emulate -L ksh\n" : "_arcore() {\n");
    completion_script(&t);
    text_str(&t, shell == 1 ? zsh_end : bash_end);
    out_write(c, t.s, t.n);
    text_free(&t);
    return out_close(c, 1);
}
