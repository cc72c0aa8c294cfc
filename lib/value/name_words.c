/* SPDX-License-Identifier: Apache-2.0 */
/* Words of company names in Latin letters, folded (lower case, no marks). From general knowledge of the languages; every list is in byte
 * order. A word with a stem is read as the stem: spellings, plurals, abbreviations, other languages. */
#include "value/name_fold.h"

#include <string.h>

/* Legal forms: how a company is incorporated, never who it is. */
static const arci_name_word legal[] = {
    { "ab", NULL }, { "actiengesellschaft", "ag" }, { "ad", NULL }, { "ag", NULL }, { "ags", NULL }, { "aktiebolag", "ab" }, { "aktiebolaget", "ab" },
    { "aktiengesellschaft", "ag" }, { "aktieselskab", "as" }, { "aktieselskabet", "as" }, { "anonim", NULL }, { "anonima", "sa" }, { "anonyme", "sa" },
    { "anpartsselskab", "aps" }, { "ans", NULL }, { "ao", NULL }, { "aps", NULL }, { "as", NULL }, { "asa", NULL }, { "asbl", NULL }, { "azioni", "spa" },
    { "berhad", "bhd" }, { "besloten", "bv" }, { "bhd", NULL }, { "bt", NULL }, { "bv", NULL }, { "bvba", NULL }, { "bvi", NULL }, { "cia", "co" },
    { "cie", "co" }, { "cjsc", NULL }, { "co", NULL }, { "commandite", NULL }, { "comp", "co" }, { "compagnia", "co" }, { "compagnie", "co" },
    { "companhia", "co" }, { "compania", "co" }, { "companies", "co" }, { "company", "co" }, { "corp", NULL }, { "corporation", "corp" }, { "cv", NULL },
    { "cvba", NULL }, { "da", NULL }, { "dd", NULL }, { "doo", NULL }, { "dooel", NULL }, { "ead", NULL }, { "eeig", NULL }, { "eg", NULL }, { "ehf", NULL },
    { "eireli", NULL }, { "ek", NULL }, { "eood", NULL }, { "epe", NULL }, { "eurl", NULL }, { "ev", NULL }, { "ewiv", NULL }, { "fzc", NULL }, { "fzco", NULL },
    { "fze", NULL }, { "gbr", NULL }, { "gesellschaft", "gmbh" }, { "gesmbh", "gmbh" }, { "ggmbh", "gmbh" }, { "gie", NULL }, { "gk", NULL },
    { "gmbh", NULL }, { "godo", NULL }, { "haftung", "gmbh" }, { "hb", NULL }, { "hf", NULL }, { "inc", NULL }, { "incorporated", "inc" },
    { "incorporation", "inc" }, { "ivs", NULL }, { "jsc", NULL }, { "kabushiki", "kk" }, { "kaisha", "kk" }, { "kb", NULL }, { "kft", NULL }, { "kg", NULL },
    { "kgaa", NULL }, { "kk", NULL }, { "kommanditgesellschaft", "kg" }, { "kommanditselskab", "ks" }, { "ks", NULL }, { "ky", NULL }, { "lc", NULL },
    { "lda", NULL }, { "liability", NULL }, { "limitada", "ltda" }, { "limited", "ltd" }, { "limitee", "ltd" }, { "llc", NULL }, { "llp", NULL }, { "lp", NULL },
    { "ltd", NULL }, { "ltda", NULL }, { "ltee", "ltd" }, { "maatschap", NULL }, { "maatschappij", "mij" }, { "mb", NULL }, { "mbh", "gmbh" }, { "mij", NULL },
    { "naamloze", "nv" }, { "nv", NULL }, { "nyrt", NULL }, { "oao", NULL }, { "obshchestvo", NULL }, { "offene", "ohg" }, { "ohg", NULL },
    { "ojsc", NULL }, { "ong", NULL }, { "ood", NULL }, { "ooo", NULL }, { "osakeyhtio", "oy" }, { "osauhing", "ou" }, { "ou", NULL }, { "oy", NULL },
    { "oyj", NULL }, { "pao", NULL }, { "partnership", NULL }, { "pjsc", NULL }, { "plc", NULL }, { "private", "pvt" }, { "pt", NULL }, { "pte", NULL },
    { "pty", NULL }, { "publ", NULL }, { "pvba", NULL }, { "pvt", NULL }, { "responsabilidad", NULL }, { "responsabilidade", NULL }, { "responsabilite", NULL },
    { "rt", NULL }, { "sa", NULL }, { "sab", NULL }, { "sae", NULL }, { "sal", NULL }, { "saoc", NULL }, { "saog", NULL }, { "sapa", NULL }, { "sapi", NULL },
    { "sarl", NULL }, { "sas", NULL }, { "sasu", NULL }, { "sca", NULL }, { "scarl", NULL }, { "scop", NULL }, { "scpa", NULL }, { "scrl", NULL }, { "scs", NULL },
    { "sdn", NULL }, { "se", NULL }, { "selskab", NULL }, { "sendirian", "sdn" }, { "sia", NULL }, { "sicav", NULL }, { "sirket", NULL }, { "sirketi", "sirket" },
    { "sl", NULL }, { "slu", NULL }, { "snc", NULL }, { "soc", NULL }, { "sociedad", "soc" }, { "sociedade", "soc" }, { "societa", "soc" },
    { "societate", "soc" }, { "societe", "soc" }, { "sp", NULL }, { "spa", NULL }, { "spj", NULL }, { "spk", NULL }, { "spol", NULL }, { "spolka", "sp" },
    { "spoo", NULL }, { "sprl", NULL }, { "spzoo", NULL }, { "srl", NULL }, { "srls", NULL }, { "sro", NULL }, { "stg", NULL }, { "sti", NULL },
    { "stichting", "stg" }, { "tbk", NULL }, { "tov", NULL }, { "uab", NULL }, { "ug", NULL }, { "ulc", NULL }, { "unipessoal", NULL }, { "unltd", NULL },
    { "vennootschap", "nv" }, { "verein", NULL }, { "vereniging", NULL }, { "vof", NULL }, { "vos", NULL }, { "vzw", NULL }, { "wll", NULL }, { "yk", NULL },
    { "yugen", NULL }, { "zao", NULL }, { "zoo", NULL }, { "zrt", NULL },
};

/* Words that only join others. */
static const arci_name_word stop[] = {
    { "a", NULL }, { "am", NULL }, { "an", NULL }, { "and", NULL }, { "at", NULL }, { "auf", NULL }, { "aux", NULL }, { "by", NULL }, { "d", NULL },
    { "das", NULL }, { "de", NULL }, { "degli", NULL }, { "dei", NULL }, { "del", NULL }, { "della", NULL }, { "delle", NULL }, { "dem", NULL }, { "den", NULL },
    { "der", NULL }, { "des", NULL }, { "di", NULL }, { "die", NULL }, { "do", NULL }, { "dos", NULL }, { "du", NULL }, { "e", NULL }, { "el", NULL },
    { "en", NULL }, { "et", "and" }, { "for", NULL }, { "from", NULL }, { "fuer", "for" }, { "fur", "for" }, { "het", NULL }, { "i", NULL }, { "il", NULL },
    { "im", NULL }, { "in", NULL }, { "la", NULL }, { "las", NULL }, { "le", NULL }, { "les", NULL }, { "los", NULL }, { "mit", NULL }, { "och", "and" },
    { "of", NULL }, { "og", "and" }, { "on", NULL }, { "op", NULL }, { "para", "for" }, { "per", NULL }, { "por", "for" }, { "pour", "for" }, { "the", NULL },
    { "to", NULL }, { "und", "and" }, { "v", NULL }, { "van", NULL }, { "vom", NULL }, { "von", NULL }, { "voor", "for" }, { "with", NULL }, { "y", "and" },
    { "zu", NULL }, { "zum", NULL }, { "zur", NULL },
};

static int compare(const char *s, size_t n, const char *w)
{
    int c = strncmp(s, w, n);
    return c ? c : (w[n] ? -1 : 0);
}

static const arci_name_word *find(const arci_name_word *words, size_t n_words, const char *s, size_t n)
{
    size_t lo = 0, hi = n_words;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = compare(s, n, words[mid].text);
        if (c == 0) return &words[mid];
        if (c > 0) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

int arci_name_word_kind(const char *s, size_t n, const char **stem)
{
    const struct {
        const arci_name_word *words;
        size_t n;
        int kind;
    } lists[] = {
        { legal, sizeof legal / sizeof legal[0], ARCI_NAME_LEGAL },
        { stop, sizeof stop / sizeof stop[0], ARCI_NAME_STOP },
        { arci_name_generic, arci_n_name_generic, ARCI_NAME_GENERIC },
        { arci_name_places, arci_n_name_places, ARCI_NAME_REGION },
    };
    *stem = NULL;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const arci_name_word *w = find(lists[i].words, lists[i].n, s, n);
        if (!w) continue;
        *stem = w->stem;
        return lists[i].kind;
    }
    return ARCI_NAME_CORE;
}
