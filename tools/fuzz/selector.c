// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes selectors. Input: two selectors as bytes, one tuple as bytes. What
 * must hold: validation changes a selector only if it finds no fault and finds
 * the same again; a valid one matches what a second telling of matching says;
 * comparison is antisymmetric and agrees with equality; a prefix is one.
 */
#include "fuzz.h"

#include "../../modules/policy/selector.c"
#include "../../kunit/selector_random.h"

static bool bit_of(const struct sxt_addr *a, u32 i)
{
	return a->b[i / 8] >> (7 - i % 8) & 1;
}

/* The slow way: is all before @len the same, all behind it 0 and 1? */
static void check_prefix(const struct sxt_addr *first,
			 const struct sxt_addr *last, u8 family)
{
	int told = sxt_selector_prefix(first, last, family);
	u32 i, bits = family == SXT_IPV4 ? 32 : 128, len = 0;
	int want;

	while (len < bits && bit_of(first, len) == bit_of(last, len))
		len++;
	want = (int)len;
	for (i = len; i < bits; i++) {
		if (bit_of(first, i) || !bit_of(last, i))
			want = -1;
	}
	FUZZ_ASSERT(told == want);
}

/* A tuple that a parser could have made of these bytes. */
static void tidy(struct sxt_tuple *t)
{
	t->family = t->family & 1 ? SXT_IPV4 : SXT_IPV6;
	if (t->family == SXT_IPV4) {
		memset(t->src.b + 4, 0, 12);
		memset(t->dst.b + 4, 0, 12);
	}
	if (!(t->flags & SXT_TUPLE_PROTO)) {
		t->flags &= (u8)~(SXT_TUPLE_PORTS | SXT_TUPLE_ICMP);
		t->proto = 0;
	} else if (random_has_ports(t->proto) || t->proto == 33 ||
		   t->proto == 136) {
		t->flags &= (u8)~SXT_TUPLE_ICMP;
	} else {
		t->flags &= (u8)~SXT_TUPLE_PORTS;
		if (t->proto != (t->family == SXT_IPV4 ? 1 : 58))
			t->flags &= (u8)~SXT_TUPLE_ICMP;
	}
	t->pad = 0;
	t->pad2 = 0;
}

static void check_one(const struct sxt_selector *given,
		      const struct sxt_tuple *t)
{
	enum sxt_selector_fault fault, again;
	struct sxt_selector sel = *given, same;
	struct sxt_tuple r;
	u32 misses;

	if (sxt_selector_validate(&sel, &fault)) {
		FUZZ_ASSERT(fault != SXT_SELECTOR_OK);
		FUZZ_ASSERT(!memcmp(&sel, given, sizeof(sel)));
		FUZZ_ASSERT(sxt_selector_fault_text(fault));
		return;
	}
	FUZZ_ASSERT(fault == SXT_SELECTOR_OK);
	same = sel;
	FUZZ_ASSERT(!sxt_selector_validate(&same, &again));
	FUZZ_ASSERT(!memcmp(&same, &sel, sizeof(sel)));

	misses = sxt_selector_misses(&sel, t);
	FUZZ_ASSERT(!misses == sxt_selector_match(&sel, t));
	FUZZ_ASSERT(sxt_selector_match(&sel, t) == oracle_match(&sel, t, false));
	FUZZ_ASSERT(sxt_selector_may_match(&sel, t) == oracle_match(&sel, t, true));
	sxt_tuple_reverse(t, &r);
	FUZZ_ASSERT(sxt_selector_match_reversed(&sel, t) ==
		oracle_match(&sel, &r, false));
	if (sel.family) {
		check_prefix(&sel.src_first, &sel.src_last, sel.family);
		check_prefix(&sel.dst_first, &sel.dst_last, sel.family);
	}
}

static void check_two(const struct sxt_selector *a,
		      const struct sxt_selector *b)
{
	int ab = sxt_selector_compare(a, b);
	int ba = sxt_selector_compare(b, a);
	struct sxt_selector va = *a, vb = *b;

	FUZZ_ASSERT((ab < 0) == (ba > 0) && (ab > 0) == (ba < 0));
	FUZZ_ASSERT(!sxt_selector_compare(a, a));
	if (sxt_selector_validate(&va, NULL) ||
	    sxt_selector_validate(&vb, NULL))
		return;
	FUZZ_ASSERT(!sxt_selector_compare(&va, &vb) ==
		!memcmp(&va, &vb, sizeof(va)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sxt_selector sel[2];
	struct sxt_tuple t;

	if (size < sizeof(sel) + sizeof(t))
		return 0;
	memcpy(sel, data, sizeof(sel));
	memcpy(&t, data + sizeof(sel), sizeof(t));
	tidy(&t);
	check_one(&sel[0], &t);
	check_one(&sel[1], &t);
	check_two(&sel[0], &sel[1]);
	return 0;
}
