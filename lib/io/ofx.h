/* SPDX-License-Identifier: Apache-2.0 */
/* The elements of OFX, version 1 (SGML: values without an end tag) and 2 (XML) alike: many banks write the one and call it the other. */
#ifndef ARCI_IO_OFX_H
#define ARCI_IO_OFX_H

#include "io/bank.h"

enum { ARCI_OFX_DEPTH = 64, ARCI_OFX_NAME = 40 };

typedef struct arci_ofx_leaf {
    const char *name, *parent; /* terminated */
    const char *s;             /* the value: entities resolved, no blanks around; terminated */
    size_t n;
    int64_t row;
} arci_ofx_leaf;

typedef struct arci_ofx_reader {
    arc_status (*open)(void *user, const char *name, int64_t row, size_t offset);
    arc_status (*close)(void *user, const char *name, size_t end);
    arc_status (*leaf)(void *user, const arci_ofx_leaf *leaf);
} arci_ofx_reader;

/* Reads b->text; sets the version. */
arc_status arci_ofx_scan(arci_bank *b, const arci_ofx_reader *reader, void *user);
/* The encoding its header names, or NULL. */
const char *arci_ofx_encoding(const char *bytes, size_t n);

#endif
