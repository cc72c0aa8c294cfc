/* SPDX-License-Identifier: Apache-2.0 */
/* XML by expat under strict settings: no document type and so no entities, bounded depth and size of what is held at once. A reader says which elements it walks into; all
 * others come to it as small trees. Names are without their prefix: the namespace a bank uses, or forgets, does not matter. */
#ifndef ARCI_IO_XML_H
#define ARCI_IO_XML_H

#include "io/bank.h"

enum { ARCI_XML_DEPTH = 64, ARCI_XML_NODES = 20000 }; /* levels of elements; elements of one tree */

typedef struct arci_xml_node {
    const char *name; /* terminated */
    const char *text; /* without blanks around; "" when there is none */
    size_t n;
    const char *attr; /* value of the one attribute asked for, or NULL */
    struct arci_xml_node *child, *last, *next;
    int64_t row;
    size_t offset, end; /* bytes of the element in the text */
} arci_xml_node;

typedef struct arci_xml_reader {
    const char *attr; /* name of the attribute that nodes keep */
    /* An element begins at this level (0: the root) inside those walked into. 1: walk into it; 0: hand it over whole; 2: leave it out; negative: stop with this error. */
    int32_t (*enter)(void *user, const char *name, int level, int64_t row, size_t offset);
    arc_status (*tree)(void *user, const arci_xml_node *node, int level); /* level of the node itself; its memory ends with the call */
    arc_status (*leave)(void *user, const char *name, int level, size_t end);
    void (*space)(void *user, const char *name, size_t len, const char *uri); /* a namespace of the root or of one walked into; may be NULL */
} arci_xml_reader;

/* Reads b->text. */
arc_status arci_xml_read(arci_bank *b, const arci_xml_reader *reader, void *user);
/* What the declaration says it is written in; NULL: nothing, or there is none. */
const char *arci_xml_encoding(arci_bank *b, const char *bytes, size_t n);

const arci_xml_node *arci_xml_child(const arci_xml_node *node, const char *name);          /* NULL when absent or node is NULL */
const arci_xml_node *arci_xml_at(const arci_xml_node *node, const char *path);             /* "A/B/C": the first of each */
const arci_xml_node *arci_xml_next(const arci_xml_node *node);                             /* the next of the same name */

#endif
