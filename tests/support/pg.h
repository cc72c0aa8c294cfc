/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL server of a test's own: on a Unix socket in a folder of its own, gone with the test however that ends. */
#ifndef TESTS_SUPPORT_PG_H
#define TESTS_SUPPORT_PG_H

typedef struct pg_server {
    char dir[128];    /* holds the data and the socket */
    char bin[256];    /* folder of the programs */
    char socket[192]; /* percent-encoded, as a host in a URI */
    long keeper;      /* process that ends and removes the server when the test is gone */
    int alive;        /* the keeper watches the other end */
} pg_server;

/* Starts a server with the tuning settings behind ("" for none: "-c name=value ..." joined by blanks). 1: runs. 0: there is none to be had;
 * it has said so on stderr, and the tests are to be skipped. */
int pg_start(pg_server *server, const char *settings);
int pg_restart(pg_server *server); /* stops it at once, unfinished, and starts it again; 1: it answers */
void pg_stop(pg_server *server); /* stops and removes it; may be called again */
/* Runs statements as the superuser, one after the other; 0 when all worked, else the message is on stderr. */
int pg_run(const pg_server *server, const char *database, const char *sql);

#endif
