/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Security associations (RFC 4301 4.4.2): the object, its tables, its lifetime.
 *
 * Lock letters: I set before it is published, never changed; L sa->lock;
 * C the namespace's configuration mutex; R read under RCU, changed under C;
 * A set once by cmpxchg.
 *
 * References: one is the tables', one a packet's that waits in an asynchronous
 * cipher, one an attempt's to find a lost number again, one a request's that has
 * to tell of it once it may be gone. The data path else needs none: it runs under
 * RCU. The tables' goes a grace period after the SA has left them, so whoever has
 * found it may take one; it is freed a grace period after the last has gone.
 */
#ifndef SEXTANT_SA_H
#define SEXTANT_SA_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <sextant/addr.h>
#include <sextant/drop.h>
#include <sextant/life.h>
#include <sextant/replay.h>
#include <sextant/tunnel.h>
#include <uapi/linux/sextant.h>

struct sxt_pkt;
struct sxt_recover;
struct sxt_sa;
struct sxt_secret;
struct sxt_selector;
struct sxt_sa_params;

/**
 * struct sxt_sa_ident - what an arriving packet names its SA by
 * @dst: destination address
 * @spi: SPI
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @dir: enum sextant_direction, in or out
 * @family: AF_INET or AF_INET6, of @dst
 * @pad: zero, the whole is hashed and compared as bytes
 */
struct sxt_sa_ident {
	struct sxt_addr dst;
	__be32 spi;
	u8 proto;
	u8 dir;
	u8 family;
	u8 pad;
};

/**
 * struct sxt_transform - what AH or ESP gives to the pipelines
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @owner: module that is held by SAs that are not committed yet
 * @init: make the cipher context of a new SA and set its @priv, @head_len,
 *	@tail_max and @icv_len; may sleep; 0 or -errno with a sentence
 * @fini: undo it; may sleep
 * @memory: bytes that the context takes, as far as known
 * @plan: bytes to be added behind a payload of this length, or a negative
 *	errno if the packet would be too long
 * @protect: fill the header at p->head, put the trailer, encrypt, sign. A
 *	verdict; SXT_STOLEN if p->done() will be called later
 * @verify: check and decrypt what stands at skb->data; on SXT_PASS the payload
 *	lies behind p->head_len bytes, trimmed, and p->next_header is set
 * @probe: would the packet of @len bytes at @packet verify with the sequence
 *	number @seq? It is spoiled. May sleep; 0, -EBADMSG, or -errno
 */
struct sxt_transform {
	u8 proto;
	struct module *owner;
	int (*init)(struct sxt_sa *sa, struct sxt_sa_params *params,
		    struct netlink_ext_ack *extack);
	void (*fini)(struct sxt_sa *sa);
	size_t (*memory)(const struct sxt_sa *sa);
	int (*plan)(const struct sxt_sa *sa, u32 payload_len);
	int (*protect)(struct sxt_pkt *p);
	int (*verify)(struct sxt_pkt *p);
	int (*probe)(struct sxt_sa *sa, u8 *packet, u32 len, u64 seq);
};

/* RFC 4303 2.1: 1 to 255 are reserved, 0 is never sent. */
#define SXT_SPI_FIRST	256

/**
 * struct sxt_sa_limits - lifetimes, only there if the SA has any
 * @life: the limits
 * @timer: for the time limits
 * @start: boot time at which they began to count
 * @sa: the owner
 * @soft_told: the soft limit has been reported
 * @announced: listeners know of the SA
 * @untold: BIT() of each enum sextant_limit that was reached before that
 */
struct sxt_sa_limits {
	struct sxt_life life;
	struct hrtimer timer;
	ktime_t start;
	struct sxt_sa *sa;
	bool soft_told;
	bool announced;
	u8 untold;
};

/**
 * struct sxt_sa - a security association, one direction
 * @node: [C] in the table by ident
 * @ident: [I] direction, protocol, SPI, destination
 * @xf: [I] the transform
 * @priv: [I] the transform's context
 * @mode: [I] enum sextant_mode
 * @head_len: [I] bytes that its header takes, IV included
 * @tail_max: [I] most bytes that it adds behind a payload, padding and ICV
 * @icv_len: [I] bytes of the ICV among these
 * @esn: [I] extended sequence numbers
 * @committed: packets may pass it, or might once; set once
 * @alive: it is committed, no hard limit has run out, it is not deleted
 * @expired: a hard limit has run out
 * @pinned: [C] it holds its transform's module, until it is committed
 * @doomed: [C] a transaction that is under way deletes it
 * @removed: it is in no table but the one by number, for a grace period
 * @replaced: [C] in the table by ident stands one that takes its place
 * @replaces: [C] the doomed one whose place it took, until the commit
 * @stand_in: the one that packets pass meanwhile; under rcu_read_lock()
 * @lock: protects what is marked L
 * @seq: [L] last sequence number sent
 * @packets: [L] packets protected or accepted
 * @bytes: [L] bytes of the same, as RFC 4301 4.4.2.1 counts: those that the
 *	algorithm is applied to, padding included
 * @used: [L] seconds, see sxt_sa_clock(), at the last of them; nothing if there
 *	was none
 * @replay: [L] the window of an inbound SA
 * @limits: [I] lifetimes, or NULL
 * @recover: [A] with @esn: what is known of bad packets, made at the first one
 * @drops: [A] refused packets by reason, made at the first one
 * @route: [A] route to the far end of a tunnel, made at the first packet;
 *	under rcu_read_lock(), as an IPv6 one may be taken away (route.c)
 * @sel: [I] what may pass, or NULL
 * @src: [I] source address
 * @tunnel: [I] how outer headers are made and read
 * @group: [I] group number that transforms of policies name
 * @id: [C] number, never used twice in a namespace
 * @generation: [C] the namespace's generation that it came with
 * @added: [C] boot time in seconds
 * @pair: [C] the SAs between the same ends
 * @pair_node: [R] among them, newest first, once it is committed
 * @net: [I] the namespace; it outlives its SAs
 * @ref: references, see above
 * @rcu: for the tables' reference, then for freeing
 * @reap: for freeing, after the grace period
 * @gone: [C] among those that one change deletes; they are held
 * @memory: [I] bytes of this object
 * @fingerprint: [I] of the keys
 * @name: [I] the user's name for it, or NULL
 * @alg: [I] name of the algorithm
 */
struct sxt_sa {
	struct rhash_head node;
	struct sxt_sa_ident ident;
	const struct sxt_transform *xf;
	void *priv;
	u8 mode;
	u8 head_len;
	u8 tail_max;
	u8 icv_len;
	bool esn;
	bool committed;
	bool alive;
	bool expired;
	bool pinned;
	bool doomed;
	bool removed;
	bool replaced;
	struct sxt_sa *replaces;
	struct sxt_sa *stand_in;

	spinlock_t lock;	/* see the fields marked [L] */
	u64 seq;
	u64 packets;
	u64 bytes;
	u32 used;
	struct sxt_replay replay;

	struct sxt_sa_limits *limits;
	struct sxt_recover *recover;
	u64 *drops;
	struct dst_cache *route;
	struct sxt_selector *sel;
	struct sxt_addr src;
	struct sxt_tunnel_opts tunnel;
	u32 group;
	u64 id;
	u64 generation;
	u64 added;
	struct sxt_sa_pair *pair;
	struct list_head pair_node;
	struct net *net;
	refcount_t ref;
	union {
		struct rcu_head rcu;
		struct llist_node reap;
	};
	struct list_head gone;
	u32 memory;
	u8 fingerprint[8];
	const char *alg;
	const char *name;
};

/* The parameter that a refusal is about. */
enum sxt_sa_field {
	SXT_SA_FIELD_NONE,
	SXT_SA_FIELD_NAME,
	SXT_SA_FIELD_DIRECTION,
	SXT_SA_FIELD_PROTOCOL,
	SXT_SA_FIELD_SPI,
	SXT_SA_FIELD_SRC,
	SXT_SA_FIELD_DST,
	SXT_SA_FIELD_MODE,
	SXT_SA_FIELD_ALG,
	SXT_SA_FIELD_KEY,
	SXT_SA_FIELD_AUTH_KEY,
	SXT_SA_FIELD_WINDOW,
	SXT_SA_FIELD_SEQUENCE,
	SXT_SA_FIELD_LIMITS,
	SXT_SA_FIELD_SELECTOR,
	SXT_SA_FIELD_TUNNEL,
};

/**
 * struct sxt_sa_params - what a new SA is made from
 * @ident: direction, protocol, SPI (0: to be chosen), destination
 * @src: source address, of the same family
 * @mode: enum sextant_mode
 * @group: group number
 * @esn: extended sequence numbers
 * @window: anti-replay window, 0 for none
 * @sequence: the last number sent, or the highest received, of whoever had the
 *	SA before; 0 for a new one
 * @alg: name of the algorithm
 * @secret: the keys; stays the caller's, who wipes it
 * @life: lifetimes
 * @tunnel: how outer headers are made and read
 * @sel: what may pass, or NULL
 * @name: the user's name for it, or NULL
 * @bad: out: the parameter that was refused
 */
struct sxt_sa_params {
	struct sxt_sa_ident ident;
	struct sxt_addr src;
	u8 mode;
	u32 group;
	bool esn;
	u32 window;
	u64 sequence;
	const char *alg;
	const struct sxt_secret *secret;
	struct sxt_life life;
	struct sxt_tunnel_opts tunnel;
	const struct sxt_selector *sel;
	const char *name;
	enum sxt_sa_field bad;
};

/**
 * struct sxt_sa_peer - what an outbound packet's transform asks for
 * @src: source end
 * @dst: destination end
 * @group: group number
 * @family: AF_INET or AF_INET6, of the ends
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @mode: enum sextant_mode
 * @dir: enum sextant_direction
 */
struct sxt_sa_peer {
	struct sxt_addr src;
	struct sxt_addr dst;
	u32 group;
	u8 family;
	u8 proto;
	u8 mode;
	u8 dir;
};

static_assert(sizeof(struct sxt_sa_peer) ==
	      2 * sizeof(struct sxt_addr) + sizeof(u32) + 4 * sizeof(u8),
	      "it is hashed and compared as bytes: no padding");

struct sxt_sa *sxt_sa_new(struct net *net, struct sxt_sa_params *params,
			  struct netlink_ext_ack *extack);
void sxt_sa_put(struct sxt_sa *sa);
int sxt_sa_insert(struct sxt_sa *sa, struct sxt_sa_params *params,
		  struct netlink_ext_ack *extack);
void sxt_sa_commit(struct sxt_sa *sa);
void sxt_limits_announce(struct sxt_sa *sa);
void sxt_sa_uninsert(struct sxt_sa *sa);
void sxt_sa_remove(struct sxt_sa *sa);
struct sxt_sa *sxt_sa_find(struct net *net, const struct sxt_sa_ident *ident);
struct sxt_sa *sxt_sa_named(struct sxt_sa *sa);
struct sxt_sa *sxt_sa_lookup(struct net *net, const struct sxt_sa_ident *ident);
struct dst_entry *sxt_sa_route(struct net *net, struct sxt_sa *sa);
struct sxt_sa *sxt_sa_by_id(struct net *net, u64 id);
struct sxt_sa *sxt_sa_next(struct net *net, u64 *id);
struct sxt_sa *sxt_sa_pick(struct net *net, const struct sxt_sa_peer *peer);
u32 sxt_sa_count(struct net *net);

/**
 * sxt_sa_clock() - the clock that SAs are used by
 *
 * Context: any. A packet that looks at it pays a division by a constant.
 * Return: seconds; it begins anywhere.
 */
static inline u32 sxt_sa_clock(void)
{
	return (unsigned long)jiffies / HZ;
}

/**
 * sxt_sa_hold() - take a reference for longer than the RCU section
 * @sa: an SA found under RCU
 *
 * Context: under rcu_read_lock().
 * Return: true if it was still alive and is held now.
 */
static inline bool __must_check sxt_sa_hold(struct sxt_sa *sa)
{
	return refcount_inc_not_zero(&sa->ref);
}

/**
 * sxt_sa_inbound() - tell the direction of an SA
 * @sa: the SA
 *
 * Context: any.
 * Return: true for an inbound one.
 */
static inline bool sxt_sa_inbound(const struct sxt_sa *sa)
{
	return sa->ident.dir == SEXTANT_DIRECTION_IN;
}

#endif /* SEXTANT_SA_H */
