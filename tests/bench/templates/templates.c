/* SPDX-License-Identifier: Apache-2.0 */
/* A letter of 561 bytes with a table of five rows: ours and mustache.js on the same text and the same values, in turns; both outputs must be equal.
 * mustache.js comes from npm into the scratch folder; where node or npm is missing its published figure is printed, and that it was not run. */
#include "arcore/arcore.h"
#include "templates.h"
#include "rules/template.h"

#define FOLDER ARCORE_SOURCE_DIR "/tests/bench/templates"
#define TURNS 5
#define RENDERINGS 20000

static char *read_file(const char *path, size_t *n)
{
    static char store[2][8192];
    static int next;
    char *s = store[next++ % 2];
    FILE *f = fopen(path, "r");
    NEED(f);
    *n = fread(s, 1, sizeof store[0] - 1, f);
    fclose(f);
    s[*n] = 0;
    return s;
}

/* Nanoseconds of mustache.js and its output; 0: it cannot be had. */
static double theirs(char *output, size_t size)
{
    char command[2000], line[100];
    double ns = 0;
    size_t n = 0;
    snprintf(command, sizeof command, "mkdir -p '%s/arcore-npm' && cd '%s/arcore-npm' && { [ -d node_modules/mustache ] || npm install --silent --no-save mustache@4 >/dev/null 2>&1; } && node '%s/mustache.mjs' '%s' 2>/dev/null",
             args.dir, args.dir, FOLDER, FOLDER);
    FILE *f = popen(command, "r");
    if (f && fgets(line, sizeof line, f)) ns = strtod(line, NULL);
    if (f) n = fread(output, 1, size - 1, f);
    output[n] = 0;
    if (f) pclose(f);
    return ns;
}

typedef struct ours {
    arc_context *ctx;
    arci_env env;
    arc_error error;
    arci_arena arena;
    arci_must must;
    arci_json *view;
    const char *text, *json;
    size_t text_len, json_len;
} ours;

/* The program over a tree of values, as mustache.js has its object. */
static double rendered(ours *o, arci_str *out)
{
    double best = 1e9;
    for (int pass = 0; pass < 3; pass++) {
        double start = bench_now();
        for (int i = 0; i < RENDERINGS; i++) {
            arci_must_run run = { .env = &o->env, .must = &o->must, .out = out, .most = 1 << 20, .escape = ARCI_ESCAPE_HTML };
            arci_str_reset(out);
            NEED(arci_must_render(&run, o->view) == ARC_OK);
        }
        double ns = (bench_now() - start) * 1e9 / RENDERINGS;
        if (ns < best) best = ns;
    }
    return best;
}

/* From the text of the values to the text of the letter, through the public interface. */
static double called(ours *o)
{
    arc_template *tmpl;
    char out[8192];
    NEED(arc_template_compile(o->ctx, &tmpl, o->text, o->text_len, NULL) == ARC_OK);
    double start = bench_now();
    for (int i = 0; i < RENDERINGS; i++) {
        size_t n = sizeof out;
        NEED(arc_template_render(tmpl, out, &n, "body", o->json, o->json_len, NULL, NULL) == ARC_OK);
    }
    double ns = (bench_now() - start) * 1e9 / RENDERINGS;
    arc_template_free(tmpl);
    return ns;
}

static double compiled(ours *o)
{
    double start = bench_now();
    for (int i = 0; i < RENDERINGS; i++) {
        arci_arena arena;
        arci_must must;
        arci_arena_init(&arena, o->ctx);
        NEED(arci_must_compile(&o->env, &arena, &must, o->text, o->text_len, NULL, NULL, 0) == ARC_OK);
        arci_arena_clear(&arena);
    }
    return (bench_now() - start) * 1e9 / RENDERINGS;
}

static void open_ours(ours *o)
{
    memset(o, 0, sizeof *o);
    NEED(arc_context_new(&o->ctx, NULL) == ARC_OK);
    o->env.ctx = o->ctx;
    o->env.err = &o->error;
    o->text = read_file(FOLDER "/letter.mustache", &o->text_len);
    o->json = read_file(FOLDER "/view.json", &o->json_len);
    NEED(o->text_len == 561);
    arci_arena_init(&o->arena, o->ctx);
    NEED(arci_must_compile(&o->env, &o->arena, &o->must, o->text, o->text_len, NULL, NULL, 0) == ARC_OK);
    NEED(arci_json_parse(&o->env, &o->arena, o->json, o->json_len, &arci_json_default_limits, &o->view) == ARC_OK);
}

void part_templates(void)
{
    static char output[8192];
    double best = 1e9, other = 0, ratio = 0;
    ours o;
    arci_str out;
    open_ours(&o);
    arci_str_init(&out, o.ctx);
    for (int turn = 0; turn < TURNS; turn++) {
        double mine = rendered(&o, &out), js = theirs(output, sizeof output);
        if (mine < best) best = mine;
        if (js > 0) NEED(strcmp(output, out.s) == 0);
        if (js > 0 && (other <= 0 || js < other)) other = js;
        if (js <= 0) break;
    }
    bench_figure("template_ns", best, "ns a rendering of the letter");
    bench_figure("template_call_ns", called(&o), "ns with reading its values from JSON");
    bench_figure("template_compile_ns", compiled(&o), "ns to compile it");
    if (other > 0) ratio = other / best;
    if (other > 0) {
        bench_figure("mustache_js_ns", other, "ns of mustache.js (node)");
        bench_figure("mustache_js_ratio", ratio, "times as fast (at least 2)");
    } else {
        printf("# mustache.js was not run: node or npm is missing. Measured elsewhere: 7,700 ns; that is %.1f times ours here.\n", 7700.0 / best);
    }
    arci_str_clear(&out);
    arci_arena_clear(&o.arena);
    arc_context_free(o.ctx);
}
