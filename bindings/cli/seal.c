/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed books (docs/encryption.md): the keys of --key-file, and the scheme "sealed:" around the backend that the URIs of this run name. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#ifdef ARCORE_CLI_SODIUM
#include "arcore/sodium.h"
#endif

static const char *key_file(const cli *c)
{
    const char *file = cli_get(c, "key-file");
    if (!file) file = getenv("ARCORE_KEY_FILE");
    return file && *file ? file : NULL;
}

static int is_sealed(const char *uri) { return uri && strncmp(uri, "sealed:", 7) == 0; }

void cli_seal_hint(cli *c, const char *uri, arc_status st)
{
    if (is_sealed(uri) && !key_file(c)) {
        cli_note(c, "  a sealed book needs its keys: --key-file FILE, or ARCORE_KEY_FILE in the environment", "  密封账簿需要密钥：--key-file 文件，或环境变量 ARCORE_KEY_FILE");
    } else if (st == ARC_E_KEY && !is_sealed(uri)) {
        cli_note(c, "  it is sealed:%s, with --key-file FILE", "  应为 sealed:%s，并用 --key-file 指定密钥文件", uri);
    }
}

#ifdef ARCORE_CLI_SODIUM

struct cli_sealed {
    arc_sodium *keys;
    arc_cipher cipher;
    arc_sealed sealed;
};

/* The scheme behind "sealed:" in the first URI that has one. */
static void inner_scheme(const cli *c, char out[40])
{
    const char *uri = is_sealed(cli_get(c, "book")) ? cli_get(c, "book") : NULL;
    for (uint32_t i = 0; i < c->n_args && !uri; i++) uri = is_sealed(c->args[i]) ? c->args[i] : NULL;
    if (!uri && is_sealed(getenv("ARCORE_BOOK"))) uri = getenv("ARCORE_BOOK");
    size_t n = uri ? strcspn(uri + 7, ":") : 0;
    memcpy(out, "sqlite", 7);
    if (!uri || !n || n >= 40) return;
    memcpy(out, uri + 7, n);
    out[n] = 0;
}

static int open_keys(cli *c, const char *file)
{
    size_t n = 0;
    char scheme[40];
    char *text = cli_read_file(c, file, &n);
    if (!text) return CLI_ENVIRONMENT;
    arc_status st = arc_sodium_read(&c->sealed->keys, text, n);
    for (size_t i = 0; i < n; i++) ((volatile char *)text)[i] = 0;
    free(text);
    if (st == ARC_E_SYNTAX)
        return cli_fail(c, CLI_ENVIRONMENT, "%s is no key file: a key a line, its number and 64 hexadecimal digits", "%s 不是密钥文件：每行一个密钥，即编号与 64 位十六进制数", file);
    if (st == ARC_OK) st = arc_sodium_cipher(&c->sealed->cipher, c->sealed->keys);
    inner_scheme(c, scheme);
    if (st == ARC_OK) st = arc_sealed_register(c->context, &c->sealed->sealed, scheme, &c->sealed->cipher);
    if (st == ARC_OK) return CLI_OK;
    arc_error e = ARC_ERROR_INIT;
    (void)arc_context_error(c->context, &e);
    return cli_error(c, file, st, &e);
}

int cli_seal(cli *c)
{
    const char *file = key_file(c);
    if (!file) return CLI_OK;
    c->sealed = calloc(1, sizeof *c->sealed);
    return c->sealed ? open_keys(c, file) : cli_fail(c, CLI_ENVIRONMENT, "out of memory", "内存不足");
}

void cli_seal_end(cli *c)
{
    if (c->sealed) arc_sodium_free(c->sealed->keys);
    free(c->sealed);
}

#else

int cli_seal(cli *c)
{
    if (!key_file(c)) return CLI_OK;
    return cli_fail(c, CLI_ENVIRONMENT, "this arcore was built without libsodium and knows no sealed books", "此 arcore 构建时未包含 libsodium，不支持密封账簿");
}

void cli_seal_end(cli *c) { (void)c; }

#endif
