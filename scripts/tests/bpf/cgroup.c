// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of a cgroup, one a section, which change or refuse what sockets of
 * AF_INET6 in it do, by port; and one of a namespace, which hides a socket.
 * scripts/tests/sockets/cgroup.py loads them and has the same numbers.
 */
#include <asm/byteorder.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ipv6.h>
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
#define PROTO_REFUSED	253
#define MARK		77

/* fd09::N */
#define WORD0		__constant_htonl(0xfd090000)
#define HOST(n)		__constant_htonl(n)

#define SECTION(name)	__attribute__((section(name), used))

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

static bool udp_is_to(const struct __sk_buff *skb, __be16 port)
{
	const struct ipv6hdr *hdr = (struct ipv6hdr *)(long)skb->data;
	const struct udphdr *udp = (struct udphdr *)(hdr + 1);

	return (long)(udp + 1) <= (long)skb->data_end && hdr->version == 6 &&
	       hdr->nexthdr == IPPROTO_UDP && udp->dest == port;
}

SECTION("prog/egress")
int egress(struct __sk_buff *skb)
{
	return !udp_is_to(skb, PORT_OUT);
}

SECTION("prog/ingress")
int ingress(struct __sk_buff *skb)
{
	return !udp_is_to(skb, PORT_IN);
}

SECTION("prog/sk_lookup")
int sk_lookup(struct bpf_sk_lookup *ctx)
{
	return ctx->local_port == PORT_HIDDEN ? SK_DROP : SK_PASS;
}

SECTION("license")
char licence[] = "GPL";
