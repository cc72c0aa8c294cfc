/* SPDX-License-Identifier: Apache-2.0 */
/* dump, backup, restore. */
#include <stdlib.h>

#include "cli.h"

int cmd_dump(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    co.flags = cli_has(c, "no-stamps") ? ARC_DUMP_NO_STAMPS : 0;
    co.progress = cli_progress;
    co.progress_user = c;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_whole_book(c);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    arc_status st = arc_book_dump(c->book, out_write, c, &co);
    if (st != ARC_OK) {
        code = cli_book_error(c, "dump", st);
        int closed = out_close(c, 0);
        return closed != CLI_OK ? closed : code;
    }
    return out_close(c, 1);
}

int cmd_backup(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    co.progress = cli_progress;
    co.progress_user = c;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_whole_book(c);
    if (code != CLI_OK) return code;
    char *target = cli_uri(c->args[0]);
    arc_status st = arc_book_backup(c->book, target, &co);
    if (st != ARC_OK) {
        code = cli_book_error(c, target, st);
    } else {
        cli_progress_end(c);
        cli_note(c, "backed up to %s", "已备份到 %s", target);
    }
    free(target);
    return code;
}

int cmd_restore(cli *c)
{
    arc_copy_options co = ARC_COPY_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    int code = CLI_OK;
    co.progress = cli_progress;
    co.progress_user = c;
    char *source = cli_uri(c->args[0]), *target = cli_uri(c->args[1]);
    arc_status st = arc_book_restore(c->context, source, target, &co);
    if (st != ARC_OK) {
        arc_context_error(c->context, &e);
        code = cli_error(c, source, st, &e);
        cli_seal_hint(c, source, st);
        if (code == CLI_REFUSED && st == ARC_E_NOT_FOUND) code = CLI_ENVIRONMENT;
    } else {
        cli_progress_end(c);
        cli_note(c, "restored to %s and proved", "已恢复到 %s 并通过验证", target);
    }
    free(source);
    free(target);
    return code;
}
