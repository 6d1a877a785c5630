// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of a cgroup, one a section, which change or refuse what sockets of
 * AF_INET6 in it do, by port; of a namespace, of an interface and of sockets
 * that share a port, which hide a socket or choose one; one that asks for a
 * source of packets.
 * scripts/tests/sockets/cgroup.py loads them and has the same numbers.
 */
#include <asm/byteorder.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stdbool.h>

/* What programs say to, and where that is. */
#define PORT_ASKED	__cpu_to_be16(7001)
#define PORT_REAL	__cpu_to_be16(7101)
/* Refused. */
#define PORT_REFUSED	__cpu_to_be16(7002)
/* Refused to packets. */
#define PORT_OUT	__cpu_to_be16(7004)
#define PORT_IN		__cpu_to_be16(7005)
/* Another port for who sends from the one address, another source for all. */
#define PORT_BY_SOURCE	__cpu_to_be16(7006)
#define PORT_SOURCE	__cpu_to_be16(7007)
/* Hidden by sk_lookup, in host order. */
#define PORT_HIDDEN	7008
/* Bound by the program, to an address, to a port of it, to nobody's address. */
#define PORT_BIND	__cpu_to_be16(7009)
#define PORT_BIND_PORT	__cpu_to_be16(7010)
#define PORT_BOUND	__cpu_to_be16(7110)
#define PORT_BIND_WRONG	__cpu_to_be16(7016)
/* Of another class than it was. */
#define PORT_CLASS	__cpu_to_be16(7017)
/* Heard if there is a socket at another one. */
#define PORT_IF_BESIDE	__cpu_to_be16(7011)
#define PORT_BESIDE	__cpu_to_be16(7012)
/* For the socket at another one. */
#define PORT_CHOSEN	__cpu_to_be16(7013)
#define PORT_CHOSEN_REAL __cpu_to_be16(7014)
#define PROTO_REFUSED	253
#define MARK		77
#define CLASS_WAS	0x20
#define CLASS		0x48
#define OPTION_CLASS	67	/* IPV6_TCLASS */
#define FAMILY		10

/* fd09::N */
#define WORD0		__constant_htonl(0xfd090000)
#define HOST(n)		__constant_htonl(n)

/* 10.9.0.N, also as the last word of ::ffff:10.9.0.N */
#define FOUR(n)		__constant_htonl(0x0a090000 | (n))

/* The loader puts the map of sockets here. */
#define SOCKETS		((void *)0x5e7c0de5e7c0deULL)

#define SECTION(name)	__attribute__((section(name), used))

static long (*helper_bind)(struct bpf_sock_addr *ctx, struct sockaddr_in6 *addr,
			   int len) = (void *)BPF_FUNC_bind;
static long (*helper_setsockopt)(void *ctx, int level, int option, void *value,
				 int len) = (void *)BPF_FUNC_setsockopt;
static long (*helper_getsockopt)(void *ctx, int level, int option, void *value,
				 int len) = (void *)BPF_FUNC_getsockopt;
static struct bpf_sock *(*helper_lookup_udp)(void *ctx,
					     struct bpf_sock_tuple *tuple,
					     __u32 size, __u64 netns,
					     __u64 flags) =
	(void *)BPF_FUNC_sk_lookup_udp;
static long (*helper_release)(void *sk) = (void *)BPF_FUNC_sk_release;
static long (*helper_assign)(void *ctx, void *sk, __u64 flags) =
	(void *)BPF_FUNC_sk_assign;
static long (*helper_select)(struct sk_reuseport_md *ctx, void *map, void *key,
			     __u64 flags) = (void *)BPF_FUNC_sk_select_reuseport;
static long (*helper_load)(const void *ctx, __u32 at, void *to, __u32 len) =
	(void *)BPF_FUNC_skb_load_bytes;
static long (*helper_fib_lookup)(void *ctx, struct bpf_fib_lookup *params,
				 int len, __u32 flags) =
	(void *)BPF_FUNC_fib_lookup;

static bool is_any(const struct bpf_sock_addr *ctx)
{
	return !ctx->user_ip6[0] && !ctx->user_ip6[3];
}

SECTION("prog/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	if (ctx->user_port == PORT_REFUSED)
		return 0;
	if (ctx->user_port == PORT_ASKED && is_any(ctx)) {
		ctx->user_ip6[0] = WORD0;
		ctx->user_ip6[3] = HOST(2);
		ctx->user_port = PORT_REAL;
	}
	return 1;
}

SECTION("prog/post_bind6")
int post_bind6(struct bpf_sock *ctx)
{
	return ctx->src_port != 7003;
}

SECTION("prog/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	if (ctx->user_port == PORT_REFUSED)
		return 0;
	if (ctx->user_port == PORT_ASKED) {
		ctx->user_ip6[0] = WORD0;
		ctx->user_ip6[3] = HOST(2);
		ctx->user_port = PORT_REAL;
	}
	return 1;
}

static int bind_to(struct bpf_sock_addr *ctx, __be32 host, __be16 port)
{
	struct sockaddr_in6 addr = {
		.sin6_family = FAMILY,
		.sin6_port = port,
		.sin6_addr.s6_addr32 = { WORD0, 0, 0, host },
	};

	return !helper_bind(ctx, &addr, sizeof(addr));
}

/* What the program sees and sets is what the socket has. */
static int other_class(struct bpf_sock_addr *ctx)
{
	int class = 0;

	if (helper_getsockopt(ctx, IPPROTO_IPV6, OPTION_CLASS, &class,
			      sizeof(class)) || class != CLASS_WAS)
		return 0;
	class = CLASS;
	return !helper_setsockopt(ctx, IPPROTO_IPV6, OPTION_CLASS, &class,
				  sizeof(class));
}

SECTION("prog/connect6_socket")
int connect6_socket(struct bpf_sock_addr *ctx)
{
	switch (ctx->user_port) {
	case PORT_BIND:
		return bind_to(ctx, HOST(0x11), 0);
	case PORT_BIND_PORT:
		return bind_to(ctx, HOST(0x11), PORT_BOUND);
	case PORT_BIND_WRONG:
		return bind_to(ctx, HOST(0x77), 0);
	case PORT_CLASS:
		return other_class(ctx);
	}
	return 1;
}

/* Of the same name for IPv4's addresses; an IPv6 one is told by its words. */
static int to_real4(struct bpf_sock_addr *ctx)
{
	if (ctx->user_port == PORT_REFUSED)
		return 0;
	if (ctx->user_port == PORT_ASKED) {
		ctx->user_ip4 = FOUR(2);
		ctx->user_port = PORT_REAL;
	}
	return 1;
}

SECTION("prog/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	return to_real4(ctx);
}

SECTION("prog/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	return to_real4(ctx);
}

SECTION("prog/sendmsg4")
int sendmsg4(struct bpf_sock_addr *ctx)
{
	return to_real4(ctx);
}

/* Of IPv4-mapped addresses alone. */
static int to_real_mapped(struct bpf_sock_addr *ctx)
{
	if (ctx->user_ip6[0] || ctx->user_ip6[1] ||
	    ctx->user_ip6[2] != __constant_htonl(0xffff))
		return 1;
	if (ctx->user_port == PORT_REFUSED)
		return 0;
	if (ctx->user_port == PORT_ASKED) {
		ctx->user_ip6[3] = FOUR(2);
		ctx->user_port = PORT_REAL;
	}
	return 1;
}

SECTION("prog/bind6_mapped")
int bind6_mapped(struct bpf_sock_addr *ctx)
{
	return to_real_mapped(ctx);
}

SECTION("prog/connect6_mapped")
int connect6_mapped(struct bpf_sock_addr *ctx)
{
	return to_real_mapped(ctx);
}

SECTION("prog/sendmsg6_mapped")
int sendmsg6_mapped(struct bpf_sock_addr *ctx)
{
	return to_real_mapped(ctx);
}

SECTION("prog/sendmsg6")
int sendmsg6(struct bpf_sock_addr *ctx)
{
	switch (ctx->user_port) {
	case PORT_REFUSED:
		return 0;
	case PORT_ASKED:
		ctx->user_ip6[0] = WORD0;
		ctx->user_ip6[3] = HOST(2);
		ctx->user_port = PORT_REAL;
		break;
	case PORT_BY_SOURCE:
		if (ctx->msg_src_ip6[0] == WORD0 &&
		    ctx->msg_src_ip6[3] == HOST(0x11))
			ctx->user_port = PORT_REAL;
		break;
	case PORT_SOURCE:
		ctx->msg_src_ip6[0] = WORD0;
		ctx->msg_src_ip6[1] = 0;
		ctx->msg_src_ip6[2] = 0;
		ctx->msg_src_ip6[3] = HOST(0x11);
		ctx->user_port = PORT_REAL;
		break;
	}
	return 1;
}

/* Of a sender, a peer, the socket itself: what was asked for. */
static int tell_asked(struct bpf_sock_addr *ctx)
{
	if (ctx->user_port == PORT_REAL) {
		ctx->user_ip6[3] = HOST(0x99);
		ctx->user_port = PORT_ASKED;
	}
	return 1;
}

SECTION("prog/recvmsg6")
int recvmsg6(struct bpf_sock_addr *ctx)
{
	return tell_asked(ctx);
}

SECTION("prog/getpeername6")
int getpeername6(struct bpf_sock_addr *ctx)
{
	return tell_asked(ctx);
}

SECTION("prog/getsockname6")
int getsockname6(struct bpf_sock_addr *ctx)
{
	return tell_asked(ctx);
}

SECTION("prog/sock_create")
int sock_create(struct bpf_sock *ctx)
{
	ctx->mark = MARK;
	return ctx->protocol != PROTO_REFUSED;
}

static bool is_udp_to(const struct __sk_buff *skb, const struct ipv6hdr *hdr,
		      __be16 port)
{
	const struct udphdr *udp = (struct udphdr *)(hdr + 1);

	return (long)(udp + 1) <= (long)skb->data_end && hdr->version == 6 &&
	       hdr->nexthdr == IPPROTO_UDP && udp->dest == port;
}

SECTION("prog/egress")
int egress(struct __sk_buff *skb)
{
	return !is_udp_to(skb, (struct ipv6hdr *)(long)skb->data, PORT_OUT);
}

SECTION("prog/ingress")
int ingress(struct __sk_buff *skb)
{
	return !is_udp_to(skb, (struct ipv6hdr *)(long)skb->data, PORT_IN);
}

/* Who has the port, for the sender of this. */
static struct bpf_sock *at_port(struct __sk_buff *skb, const struct ipv6hdr *hdr,
				__be16 port)
{
	const struct udphdr *udp = (struct udphdr *)(hdr + 1);
	struct bpf_sock_tuple tuple = {};

	__builtin_memcpy(tuple.ipv6.saddr, &hdr->saddr, 16);
	__builtin_memcpy(tuple.ipv6.daddr, &hdr->daddr, 16);
	tuple.ipv6.sport = udp->source;
	tuple.ipv6.dport = port;
	return helper_lookup_udp(skb, &tuple, sizeof(tuple.ipv6),
				 BPF_F_CURRENT_NETNS, 0);
}

SECTION("prog/ingress_beside")
int ingress_beside(struct __sk_buff *skb)
{
	const struct ipv6hdr *hdr = (struct ipv6hdr *)(long)skb->data;
	struct bpf_sock *sk;

	if (!is_udp_to(skb, hdr, PORT_IF_BESIDE))
		return 1;
	sk = at_port(skb, hdr, PORT_BESIDE);
	if (!sk)
		return 0;
	helper_release(sk);
	return 1;
}

/* The socket at the other port gets it; without one nobody does. */
SECTION("prog/assign")
int assign(struct __sk_buff *skb)
{
	struct ipv6hdr *hdr = (struct ipv6hdr *)((long)skb->data + ETH_HLEN);
	struct bpf_sock *sk;
	long err;

	if (!is_udp_to(skb, hdr, PORT_CHOSEN))
		return TC_ACT_OK;
	sk = at_port(skb, hdr, PORT_CHOSEN_REAL);
	if (!sk)
		return TC_ACT_SHOT;
	err = helper_assign(skb, sk, 0);
	helper_release(sk);
	return err ? TC_ACT_SHOT : TC_ACT_OK;
}

/* The first byte of the data says which of the sockets that share a port. */
SECTION("prog/reuseport")
int reuseport(struct sk_reuseport_md *ctx)
{
	__u8 digit = 0;
	__u32 key;

	if (helper_load(ctx, sizeof(struct udphdr), &digit, 1))
		return SK_DROP;
	key = digit - '0';
	return helper_select(ctx, SOCKETS, &key, 0) ? SK_DROP : SK_PASS;
}

/* The packet gets the source that the stack would give it. */
SECTION("prog/source")
int source(struct __sk_buff *skb)
{
	struct ipv6hdr *hdr = (struct ipv6hdr *)((long)skb->data + ETH_HLEN);
	struct bpf_fib_lookup fib = {
		.family = FAMILY,
		.ifindex = skb->ifindex,
	};
	long got;

	if ((long)(hdr + 1) > (long)skb->data_end)
		return -1;
	__builtin_memcpy(fib.ipv6_src, &hdr->saddr, 16);
	__builtin_memcpy(fib.ipv6_dst, &hdr->daddr, 16);
	got = helper_fib_lookup(skb, &fib, sizeof(fib), BPF_FIB_LOOKUP_OUTPUT |
				BPF_FIB_LOOKUP_SRC | BPF_FIB_LOOKUP_SKIP_NEIGH);
	__builtin_memcpy(&hdr->saddr, fib.ipv6_src, 16);
	return got;
}

SECTION("prog/sk_lookup")
int sk_lookup(struct bpf_sk_lookup *ctx)
{
	return ctx->local_port == PORT_HIDDEN ? SK_DROP : SK_PASS;
}

SECTION("license")
char licence[] = "GPL";
