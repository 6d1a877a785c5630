// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of configuration files. Input: the text of a file, where
 * bytes from 0x80 stand for whole words, since a short run would not come upon
 * these by itself; if it begins with "#" they stand for themselves. What must
 * hold: no byte outside of the text is touched; a command that is understood
 * gives a well-formed message within its room; its words, printed again, are
 * understood and give a message with the same words.
 */
#define _GNU_SOURCE
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include <stdlib.h>
#include <string.h>

/* Each file has its own short names for the attributes and the flags. */
#define refuse refuse_attr
#include "../sextant/mnl_compat/mnl_attr.c"
#undef refuse
#define refuse refuse_msg
#include "../sextant/mnl_compat/mnl_msg.c"
#undef refuse
#include "../sextant/desc.c"
#include "../sextant/err.c"
#include "../sextant/lines.c"
#include "../sextant/out.c"
#include "../sextant/show.c"
#include "../sextant/utf8.c"
#include "../sextant/values.c"
#include "../sextant/words.c"
#undef A
#include "../sextant/sa.c"
#undef A
#undef NEEDED
#include "../sextant/policy.c"
#undef A
#undef NEEDED

/* In place of key.c: no file of this machine is to be opened. */
int sxt_key_read(const char *path, uint8_t *key, size_t max, size_t *len,
		 struct sxt_err *err)
{
	(void)key;
	(void)max;
	(void)len;
	return sxt_err_set(err, SXT_EXIT_USAGE, "%s", path);
}

#define REQUIRE(x) do { if (!(x)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX	8192

/* The two commands that have a grammar worth the name. */
static const struct grammar {
	const char *object;
	const struct sxt_set *set;
	const struct sxt_word *words;
	unsigned int sel;
} grammars[] = {
	{ "sa", &sxt_set_sa, sxt_sa_add_words, SEXTANT_A_SA_SELECTOR },
	{ "policy", &sxt_set_policy, sxt_policy_add_words,
	  SEXTANT_A_POLICY_SELECTOR },
};

static const struct grammar *grammar_of(const struct sxt_line *line)
{
	size_t i;

	if (line->words < 2 || strcmp(line->word[1], "add"))
		return NULL;
	for (i = 0; i < 2; i++)
		if (!strcmp(line->word[0], grammars[i].object))
			return &grammars[i];
	return NULL;
}

/* The message of a line, in a block of just that size, or NULL. */
static struct nlmsghdr *parse(const struct grammar *g, struct sxt_line *line)
{
	struct sxt_parse p = {
		.nlh = mnl_nlmsg_put_header(malloc(SXT_MSG_MAX)),
		.room = SXT_MSG_MAX,
		.arg = line->word + 2,
		.args = line->words - 2,
		.file = true,
	};
	struct sxt_err err;

	mnl_nlmsg_put_extra_header(p.nlh, 4);
	if (!sxt_words_parse(&p, g->words, g->sel, &err)) {
		REQUIRE(p.nlh->nlmsg_len <= SXT_MSG_MAX);
		return realloc(p.nlh, p.nlh->nlmsg_len);
	}
	REQUIRE(err.code == SXT_EXIT_USAGE && err.text[0]);
	free(p.nlh);
	return NULL;
}

/* The words of a message; what is not in it, but needed, behind them. */
static void print(const struct grammar *g, const struct nlmsghdr *nlh,
		  struct sxt_out *out)
{
	struct sxt_span span = sxt_span_of(nlh);

	REQUIRE(sxt_desc_check(span, g->set));
	sxt_out_text(out, "%s add", g->object);
	sxt_desc_text(out, span, g->set, SXT_W_CONFIG);
	if (g->set == &sxt_set_sa && !sxt_desc_find(span, SEXTANT_A_SA_SPI))
		sxt_out_text(out, " spi auto");
	sxt_desc_text(out, span, g->set, SXT_W_STATE);
	sxt_desc_text(out, span, g->set, SXT_W_LAST);
	REQUIRE(!out->no_memory);
}

static void print_json(const struct grammar *g, const struct nlmsghdr *nlh)
{
	struct sxt_out out = { .json = true };

	sxt_desc_json(&out, sxt_span_of(nlh), g->set);
	REQUIRE(out.len && !out.depth);
	sxt_out_free(&out);
}

/* What is printed is understood, and printed the same again. */
static void print_again(const struct grammar *g, const struct nlmsghdr *nlh)
{
	struct sxt_out first = { 0 }, second = { 0 };
	struct nlmsghdr *again;
	struct sxt_lines lines;
	struct sxt_line line;
	struct sxt_err err;
	char *text;

	print(g, nlh, &first);
	print_json(g, nlh);
	text = malloc(first.len + 1);
	memcpy(text, first.buf, first.len);
	lines = (struct sxt_lines){ text, text + first.len, 1 };
	REQUIRE(sxt_lines_next(&lines, &line, &err) == 1);
	REQUIRE(grammar_of(&line) == g);
	again = parse(g, &line);
	REQUIRE(again);
	print(g, again, &second);
	REQUIRE(first.len == second.len);
	REQUIRE(!memcmp(first.buf, second.buf, first.len));
	free(again);
	free(text);
	sxt_out_free(&first);
	sxt_out_free(&second);
}

/* What single bytes may stand for. */
static const char *const words[] = {
	"sa add ", "policy add ", "name ", "dir ", "proto ", "spi ", "src ",
	"dst ", "mode ", "alg ", "key ", "auth-key ", "key-file ", "group ",
	"window ", "esn ", "sequence ", "soft-bytes ", "hard-time ", "dscp clear ",
	"ecn off ", "df ", "ttl ", "sel ", "family ", "sport ", "dport ",
	"icmp-type ", "icmp-code ", "dev lo ", "prio ", "action ", "protect ",
	"esp ", "ah ", "in ", "out ", "forward ", "transport ", "tunnel ",
	"auto ", "off ", "any ", "tcp ", "icmpv6 ", "ipv4 ", "ipv6 ", "copy ",
	"bypass ", "discard ", "10.0.0.0", "10.255.255.255 ", "::1 ",
	"2001:db8::", "/8 ", "/32 ", "-", "1 ", "4294967295 ",
	"sa add dir in proto esp spi 1 src ::1 dst ::2 mode transport alg x ",
	"sa add dir out proto ah spi 1 src ::1 dst ::2 mode tunnel alg x sel ",
	"policy add dir out prio 1 action protect esp transport ",
	"policy add action bypass prio 1 dir in ", "src 10.0.0.0-10.0.0.9 ",
	"dst ::1-::9 proto 17 sport 1-9 dport 2-3 ", "name \"a \\\"b\\\" c\" ",
};

/* The text of an input, in a block that has one byte more. */
static char *text_of(const uint8_t *data, size_t size, size_t *len)
{
	struct sxt_out out = { 0 };
	bool expand = size && data[0] != '#';
	const char *word;
	char *text;
	size_t i;

	for (i = 0; i < size; i++) {
		word = words[data[i] % (sizeof(words) / sizeof(*words))];
		if (expand && data[i] >= 0x80)
			sxt_out_put(&out, word, strlen(word));
		else
			sxt_out_put(&out, (const char *)data + i, 1);
	}
	*len = out.len;
	text = malloc(out.len + 1);
	if (out.len)
		memcpy(text, out.buf, out.len);
	sxt_out_free(&out);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct grammar *g;
	struct sxt_lines lines;
	struct nlmsghdr *nlh;
	struct sxt_line line;
	struct sxt_err err;
	char *text;
	size_t len;

	if (size > TEXT_MAX)
		return 0;
	text = text_of(data, size, &len);
	lines = (struct sxt_lines){ text, text + len, 1 };
	while (sxt_lines_next(&lines, &line, &err) == 1) {
		REQUIRE(line.words && line.words <= SXT_LINE_WORDS);
		g = grammar_of(&line);
		nlh = g ? parse(g, &line) : NULL;
		if (nlh)
			print_again(g, nlh);
		free(nlh);
	}
	free(text);
	return 0;
}
