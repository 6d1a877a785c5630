// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source filters of multicast groups: sorted lists of sources with a mode, and
 * how those of several sockets make one of the interface (RFC 3810 4.2).
 */
#include <linux/bsearch.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "group.h"

const struct sxt_sources sxt_sources_none = { .mode = MCAST_INCLUDE };

static int addr_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct in6_addr));
}

/**
 * sxt_sources_alloc() - room for a filter
 * @mode: MCAST_INCLUDE or MCAST_EXCLUDE
 * @count: of sources
 * @gfp: allocation flags
 *
 * Context: as @gfp says.
 * Return: the filter, its sources zero; NULL: no memory.
 */
struct sxt_sources *sxt_sources_alloc(unsigned int mode, unsigned int count,
				      gfp_t gfp)
{
	struct sxt_sources *s;

	s = kvzalloc(struct_size(s, addr, count), gfp);
	if (!s)
		return NULL;
	s->mode = mode;
	s->count = count;
	return s;
}

/**
 * sxt_sources_make() - a filter of sources in any order
 * @mode: MCAST_INCLUDE or MCAST_EXCLUDE
 * @addr: the sources; one that is there twice counts once
 * @count: of them
 * @gfp: allocation flags
 *
 * Context: as @gfp says.
 * Return: the filter; NULL: no memory.
 */
struct sxt_sources *sxt_sources_make(unsigned int mode,
				     const struct in6_addr *addr,
				     unsigned int count, gfp_t gfp)
{
	struct sxt_sources *s = sxt_sources_alloc(mode, count, gfp);
	unsigned int i, n = 0;

	if (!s)
		return NULL;
	memcpy(s->addr, addr, count * sizeof(*addr));
	sort(s->addr, count, sizeof(*addr), addr_cmp, NULL);
	for (i = 0; i < count; i++)
		if (!n || !ipv6_addr_equal(&s->addr[i], &s->addr[n - 1]))
			s->addr[n++] = s->addr[i];
	s->count = n;
	return s;
}

/**
 * sxt_sources_with() - a filter with one source more
 * @old: the filter, not NULL
 * @addr: the source, which @old has not
 *
 * Context: process.
 * Return: the new filter; NULL: no memory.
 */
struct sxt_sources *sxt_sources_with(const struct sxt_sources *old,
				     const struct in6_addr *addr)
{
	struct sxt_sources *s;
	unsigned int at = 0;

	s = sxt_sources_alloc(old->mode, old->count + 1, GFP_KERNEL);
	if (!s)
		return NULL;
	while (at < old->count && addr_cmp(&old->addr[at], addr) < 0)
		at++;
	memcpy(s->addr, old->addr, at * sizeof(*addr));
	s->addr[at] = *addr;
	memcpy(s->addr + at + 1, old->addr + at,
	       (old->count - at) * sizeof(*addr));
	return s;
}

/**
 * sxt_sources_without() - a filter with one source less
 * @old: the filter
 * @addr: the source, which @old has
 *
 * Context: process.
 * Return: the new filter; NULL: no memory.
 */
struct sxt_sources *sxt_sources_without(const struct sxt_sources *old,
					const struct in6_addr *addr)
{
	struct sxt_sources *s;
	unsigned int i, n = 0;

	s = sxt_sources_alloc(old->mode, old->count, GFP_KERNEL);
	if (!s)
		return NULL;
	for (i = 0; i < old->count; i++)
		if (!ipv6_addr_equal(&old->addr[i], addr))
			s->addr[n++] = old->addr[i];
	s->count = n;
	return s;
}

/**
 * sxt_sources_has() - is a source in the list?
 * @sources: a filter, or NULL
 * @addr: the source
 *
 * Context: any in which @sources is valid.
 * Return: true if so.
 */
bool sxt_sources_has(const struct sxt_sources *sources,
		     const struct in6_addr *addr)
{
	return sxt_sources_count(sources) &&
	       bsearch(addr, sources->addr, sources->count, sizeof(*addr),
		       addr_cmp);
}

/**
 * sxt_sources_wants() - does a filter let a source through?
 * @sources: a filter, or NULL: all sources
 * @addr: the source
 *
 * Context: any in which @sources is valid.
 * Return: true if so.
 */
bool sxt_sources_wants(const struct sxt_sources *sources,
		       const struct in6_addr *addr)
{
	if (!sources)
		return true;
	return sxt_sources_has(sources, addr) ==
	       (sources->mode == MCAST_INCLUDE);
}

/* A source and whether it was in a list of those who want it. */
struct vote {
	struct in6_addr addr;
	bool include;
};

/* Who wants all but some, and how many sources there are in all the lists. */
struct census {
	unsigned int excluders;
	size_t sources;
	bool all;
};

static struct census census_take(const struct sxt_group *group)
{
	struct census c = { .excluders = group->users, .all = group->users };
	const struct sxt_member *m;

	list_for_each_entry(m, &group->members, list) {
		const struct sxt_sources *s = rtnl_dereference(m->sources);

		c.sources += sxt_sources_count(s);
		if (sxt_sources_mode(s) == MCAST_INCLUDE)
			continue;
		c.excluders++;
		c.all |= !sxt_sources_count(s);
	}
	return c;
}

static struct vote *votes_collect(const struct sxt_group *group, size_t count)
{
	struct vote *votes = kvmalloc_array(count, sizeof(*votes), GFP_KERNEL);
	const struct sxt_member *m;
	size_t n = 0;

	if (!votes)
		return NULL;
	list_for_each_entry(m, &group->members, list) {
		const struct sxt_sources *s = rtnl_dereference(m->sources);
		unsigned int i;

		for (i = 0; i < sxt_sources_count(s); i++) {
			votes[n].addr = s->addr[i];
			votes[n++].include = s->mode == MCAST_INCLUDE;
		}
	}
	sort(votes, n, sizeof(*votes), addr_cmp, NULL);
	return votes;
}

/* How many include, and exclude, the source at @i; where the next one begins. */
static size_t votes_next(const struct vote *votes, size_t count, size_t i,
			 unsigned int *included, unsigned int *excluded)
{
	const struct in6_addr *addr = &votes[i].addr;

	*included = 0;
	*excluded = 0;
	for (; i < count && !addr_cmp(&votes[i].addr, addr); i++)
		if (votes[i].include)
			(*included)++;
		else
			(*excluded)++;
	return i;
}

/*
 * INCLUDE: whom anybody includes. EXCLUDE: whom all those who exclude have in
 * their lists, but for whom somebody else includes.
 */
static unsigned int votes_count(const struct vote *votes, size_t count,
				const struct census *c, struct in6_addr *out)
{
	unsigned int n = 0;
	size_t i, next;

	for (i = 0; i < count; i = next) {
		unsigned int included, excluded;

		next = votes_next(votes, count, i, &included, &excluded);
		if (c->excluders ? excluded == c->excluders && !included :
		    included)
			out[n++] = votes[i].addr;
	}
	return n;
}

/**
 * sxt_sources_merge() - what all who joined a group want together
 * @group: the group
 * @merged: the filter is put here; NULL for all sources
 *
 * Context: RTNL.
 * Return: 0, or -ENOMEM: @merged is as before.
 */
int sxt_sources_merge(const struct sxt_group *group,
		      struct sxt_sources **merged)
{
	struct census c = census_take(group);
	struct vote *votes = NULL;
	struct sxt_sources *s;

	if (c.all) {
		*merged = NULL;
		return 0;
	}
	s = sxt_sources_alloc(c.excluders ? MCAST_EXCLUDE : MCAST_INCLUDE,
			      c.sources, GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	if (c.sources) {
		votes = votes_collect(group, c.sources);
		if (!votes) {
			kvfree(s);
			return -ENOMEM;
		}
		s->count = votes_count(votes, c.sources, &c, s->addr);
		kvfree(votes);
	}
	if (s->mode == MCAST_EXCLUDE && !s->count) {
		kvfree(s);
		s = NULL;
	}
	*merged = s;
	return 0;
}

/**
 * sxt_sources_show() - who wants each source that a group's filter names
 * @group: the group
 * @show: is told of each, and how many sockets include and exclude it
 * @arg: its first argument
 *
 * Context: RTNL.
 * Return: 0, or -ENOMEM.
 */
int sxt_sources_show(const struct sxt_group *group, sxt_sources_show_fn show,
		     void *arg)
{
	const struct sxt_sources *filter = sxt_group_filter(group);
	struct census c = census_take(group);
	struct vote *votes;
	size_t i, next;

	if (!sxt_sources_count(filter))
		return 0;
	votes = votes_collect(group, c.sources);
	if (!votes)
		return -ENOMEM;
	for (i = 0; i < c.sources; i = next) {
		unsigned int included, excluded;

		next = votes_next(votes, c.sources, i, &included, &excluded);
		if (sxt_sources_has(filter, &votes[i].addr))
			show(arg, &votes[i].addr, included, excluded);
	}
	kvfree(votes);
	return 0;
}
